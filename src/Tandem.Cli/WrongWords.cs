using System.CommandLine;
using System.CommandLine.Parsing;

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

        var path = Path(parsed.CommandResult);
        var help = $"Run 'tandem {string.Concat(path.Select(p => p + " "))}--help' for what there is.";
        var said = (parsed.UnmatchedTokens.FirstOrDefault(), path) switch
        {
            (['-', ..] option, _) => $"There is no option '{option}'",
            ({ } word, ["serve"]) => $"One database is served at a time; '{word}' is one too many",
            ({ } word, []) => $"There is no command '{word}'",
            ({ } word, ["user"]) => $"There is nothing called '{word}' to do with users",
            ({ } word, _) => $"'{word}' is one too many",
            (null, []) => "Say what to do, such as 'tandem serve'",
            (null, ["user"]) => "Say what to do, such as 'tandem user list'",
            (null, ["user", ..]) when parsed.CommandResult.Children.OfType<ArgumentResult>().All(a => a.Tokens.Count == 0) && parsed.CommandResult.Command.Arguments.Count > 0 => "Say whom: the user's name is missing",
            _ => parsed.Errors[0].Message.TrimEnd('.'),
        };
        return $"{said}. {help}";
    }

    /// <summary>The names of the commands that were given, without the first.</summary>
    private static string[] Path(CommandResult command)
    {
        List<string> names = [];
        for (SymbolResult? at = command; at is CommandResult { Parent: not null } one; at = one.Parent)
        {
            names.Insert(0, one.Command.Name);
        }

        return names.Count > 0 && names[0] == "tandem" ? [.. names.Skip(1)] : [.. names];
    }
}
