using System.Diagnostics;
using System.Globalization;

namespace Tandem.Tests.Simulation;

/// <summary>The simulator as a process of its own: its histories need a program with one worker.</summary>
internal static class SimulatorRun
{
    private static string Program { get; } = Path.Combine(
        AppContext.BaseDirectory, "..", "..", "Tandem.Simulator", new DirectoryInfo(AppContext.BaseDirectory).Name, OperatingSystem.IsWindows() ? "Tandem.Simulator.exe" : "Tandem.Simulator");

    public static async Task<(int Code, string Output)> StartAsync(params object[] arguments)
    {
        var token = TestContext.Current.CancellationToken;
        var start = new ProcessStartInfo(Program, arguments.Select(a => Convert.ToString(a, CultureInfo.InvariantCulture)!)) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{Program} did not start.");
        using var stop = token.Register(() => process.Kill());
        var output = process.StandardOutput.ReadToEndAsync(token);
        var errors = process.StandardError.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        return (process.ExitCode, await output + await errors);
    }
}
