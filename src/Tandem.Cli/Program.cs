using System.CommandLine;
using Tandem.Cli;
using Tandem.Cli.Serve;

var root = new RootCommand("Makes any database a live, multi-user application.") { ServeCommand.Create() };
root.Options.OfType<VersionOption>().First().Description = "Say which version this is.";
var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    var message = parsed.Errors[0].Message;
    return Failure.Say($"{message.TrimEnd('.')}. Run 'tandem serve --help' for what there is.");
}

return await parsed.InvokeAsync();
