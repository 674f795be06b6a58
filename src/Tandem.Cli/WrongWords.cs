using System.CommandLine;

namespace Tandem.Cli;

/// <summary>What is wrong with a command line, in words of our own.</summary>
internal static class WrongWords
{
    /// <returns>One line, or null when nothing is wrong.</returns>
    public static string? Find(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0)
        {
            return null;
        }

        var command = parsed.CommandResult.Command;
        var isServe = command.Name == "serve";
        var help = $"Run 'tandem {(isServe ? "serve " : "")}--help' for what there is.";
        var said = parsed.UnmatchedTokens.FirstOrDefault() switch
        {
            ['-', ..] option => $"There is no option '{option}'",
            { } word => isServe ? $"One database is served at a time; '{word}' is one too many" : $"There is no command '{word}'",
            null => isServe ? parsed.Errors[0].Message.TrimEnd('.') : "Say what to do, such as 'tandem serve'",
        };
        return $"{said}. {help}";
    }
}
