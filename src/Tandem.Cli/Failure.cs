namespace Tandem.Cli;

/// <summary>Wrong input ends in one line that names the remedy, and exit code 2.</summary>
internal static class Failure
{
    public const int ExitCode = 2;

    public static int Say(string message)
    {
        Console.Error.WriteLine("tandem: " + message.ReplaceLineEndings(" "));
        return ExitCode;
    }
}
