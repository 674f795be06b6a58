using System.Diagnostics;

namespace Tandem.Faults.Tests.Building;

/// <summary>Runs a program to its end, or to the end of a limit.</summary>
internal static class Command
{
    /// <returns>Its exit code, null when it was stopped at the limit, and all it said.</returns>
    public static async Task<(int? Code, string Output)> RunAsync(string program, IEnumerable<string> arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(limit);
        try
        {
            await process.WaitForExitAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return (null, await output + await errors);
        }

        return (process.ExitCode, await output + await errors);
    }
}
