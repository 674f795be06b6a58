using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tandem.Browser.Tests.Running;

/// <summary>The <c>tandem</c> command serving a database, or a sample, on a port it keeps, so that it can go away and come back.</summary>
/// <param name="database">The database; null for the one made on the way.</param>
/// <param name="folder">Where it runs.</param>
/// <param name="sample">A program of the samples in place of the command; null for the command.</param>
internal sealed class ServerProcess(string? database, string folder, string? sample = null) : IAsyncDisposable
{
    public const string AdministratorToken = "the-administrators-token";

    /// <summary>What the server finds in its environment besides.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    private readonly ConcurrentQueue<string> _said = new();
    private Process? _process;

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort()}");

    private static string Built(string project) => Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "../..", project, Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), project + ".dll"));

    /// <summary>What else the command is told, from its next start on.</summary>
    public IReadOnlyList<string> Told { get; set; } = [];

    public async Task StartAsync()
    {
        var address = Address.ToString().TrimEnd('/');
        string[] arguments = (sample, database) switch
        {
            (not null, null) => [Built(sample), "--urls", address],
            // A path at the front would be read as an option that takes the next word.
            (not null, _) => [Built(sample), "--urls", address, database],
            (null, null) => [Built("Tandem.Cli"), "serve", "--urls", address, "--poll", "100ms"],
            _ => [Built("Tandem.Cli"), "serve", database, "--urls", address, "--poll", "100ms"],
        };

        var served = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [.. arguments, .. Told])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = sample is null ? folder : Path.Combine(Scenario.Root, "samples", sample),
                Environment = { ["TANDEM_TOKEN"] = AdministratorToken, ["DOTNET_NOLOGO"] = "1" },
            },
            EnableRaisingEvents = true,
        };
        foreach (var (name, value) in Environment)
        {
            process.StartInfo.Environment[name] = value;
        }

        process.OutputDataReceived += (_, e) => Hear(e.Data, served);
        process.ErrorDataReceived += (_, e) => Hear(e.Data, served);
        process.Exited += (_, _) => served.TrySetException(new InvalidOperationException($"The server ended: {Said()}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
        await served.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Asks it to stop, as Ctrl+C does.</summary>
    public async Task InterruptAsync()
    {
        await SignalAsync("INT");
        await _process!.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    /// <summary>Stops its time: its sockets stay open and nobody answers.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    public Task GoOnAsync() => SignalAsync("CONT");

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public string Said() => string.Join('\n', _said);

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false } running)
        {
            running.Kill();
            await running.WaitForExitAsync(CancellationToken.None);
        }

        _process?.Dispose();
    }

    private void Hear(string? line, TaskCompletionSource served)
    {
        if (line is null)
        {
            return;
        }

        _said.Enqueue(line);
        if (line.Contains(sample is null ? "(works once" : "Application started", StringComparison.Ordinal))
        {
            served.TrySetResult();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
