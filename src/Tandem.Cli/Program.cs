using System.CommandLine;
using System.CommandLine.Help;
using Tandem.Cli;
using Tandem.Cli.Rights;
using Tandem.Cli.Serve;
using Tandem.Cli.Users;

// A root command is called after the assembly; this one is called what people type.
var tandem = new Command("tandem", "Makes any database a live, multi-user application.")
{
    ServeCommand.Create(),
    UserCommand.Create(),
    ExplainCommand.Create(),
    new HelpOption(),
    new VersionOption { Description = "Say which version this is." },
};
var parsed = tandem.Parse(args);
if (WrongWords.Find(parsed) is { } wrong)
{
    if (args.Length == 0)
    {
        await tandem.Parse("--help").InvokeAsync();
    }

    return Failure.Say(wrong);
}

return await parsed.InvokeAsync();
