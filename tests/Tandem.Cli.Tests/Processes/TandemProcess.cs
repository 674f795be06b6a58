using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Tandem.Cli.Tests.Processes;

/// <summary>The <c>tandem</c> command as a process of its own, and everything it says.</summary>
internal sealed partial class TandemProcess : IAsyncDisposable
{
    public const string AdministratorToken = "administrator-token";
    public const string EditorToken = "editor-token";
    public const string ViewerToken = "viewer-token";
    public const string FreePort = "http://127.0.0.1:0";

    private readonly Process _process;
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _outputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _errorsEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private TandemProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Hear(e.Data, _output, _outputEnded);
        _process.ErrorDataReceived += (_, e) => Hear(e.Data, _errors, _errorsEnded);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The command's assembly, built in the same configuration as these tests.</summary>
    public static string Assembly { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "../../Tandem.Cli", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "Tandem.Cli.dll"));

    public IReadOnlyList<string> Output => [.. _output];

    public IReadOnlyList<string> Errors => [.. _errors];

    public string Text => string.Join('\n', Output);

    public Uri Address => new(AddressLine().Match(Text).Groups[1].Value);

    public Uri SignInLink => new(LinkLine().Match(Text).Groups[1].Value);

    public TimeSpan ServedAfter { get; private set; }

    public long ResidentBytes => StatusBytes("VmRSS");

    public static TandemProcess Start(string? folder, params string[] arguments) => Start("dotnet", [Assembly, .. arguments], folder);

    /// <summary>Runs the command with a line for its standard input, and waits for its end.</summary>
    /// <returns>The exit code, what it said, and what it said aside.</returns>
    public static async Task<(int Code, IReadOnlyList<string> Output, IReadOnlyList<string> Errors)> RunAsync(string? folder, string input, params string[] arguments)
    {
        await using var process = Start("dotnet", [Assembly, .. arguments], folder, input: input);
        var code = await process.EndedAsync();
        return (code, process.Output, process.Errors);
    }

    /// <summary>Starts a program that is the command, such as the installed tool.</summary>
    public static TandemProcess Start(string program, IEnumerable<string> arguments, string? folder, string? searchPath = null, string? input = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = input is not null,
            WorkingDirectory = folder ?? Path.GetTempPath(),
            Environment =
            {
                ["TANDEM_TOKEN"] = AdministratorToken,
                ["TANDEM_EDITOR_TOKEN"] = EditorToken,
                ["TANDEM_VIEWER_TOKEN"] = ViewerToken,
                ["DOTNET_NOLOGO"] = "1",
            },
        };
        if (searchPath is not null)
        {
            start.Environment["PATH"] = searchPath;
        }

        var started = new TandemProcess(start);
        if (input is not null)
        {
            started._process.StandardInput.WriteLine(input);
            started._process.StandardInput.Close();
        }

        return started;
    }

    /// <summary>Serves a database on a free port and waits for the printed link.</summary>
    public static async Task<TandemProcess> ServeAsync(string database, params string[] more)
    {
        var process = Start(null, ["serve", database, "--urls", FreePort, .. more]);
        await process.ServedAsync();
        return process;
    }

    public async Task ServedAsync()
    {
        await Task.WhenAny(_served.Task, _errorsEnded.Task).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        Assert.True(_served.Task.IsCompleted, $"The command ended before it served.\n{Said()}");
    }

    /// <summary>Waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndedAsync(double seconds = 20)
    {
        await Within.SecondsAsync(seconds, _process.WaitForExitAsync(), () => $"the command to end\n{Said()}");
        await Within.SecondsAsync(5, Task.WhenAll(_outputEnded.Task, _errorsEnded.Task), () => "the command's output to end");
        return _process.ExitCode;
    }

    public void Send(Signal signal) => Signals.Send(_process.Id, signal);

    public async Task KillAsync()
    {
        Send(Signal.Kill);
        await EndedAsync();
    }

    public string Said() => $"{Text}\n{string.Join('\n', Errors)}";

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private void Hear(string? line, ConcurrentQueue<string> into, TaskCompletionSource ended)
    {
        if (line is null)
        {
            ended.TrySetResult();
            return;
        }

        into.Enqueue(line);
        if (line.Contains("Sign in  ", StringComparison.Ordinal))
        {
            ServedAfter = Stopwatch.GetElapsedTime(_startedAt);
        }
        else if (line.Contains("(works once", StringComparison.Ordinal))
        {
            _served.TrySetResult();
        }
    }

    private long StatusBytes(string name) => File.ReadLines($"/proc/{_process.Id}/status")
        .First(l => l.StartsWith(name + ":", StringComparison.Ordinal))
        .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is [_, var kilobytes, ..] ? long.Parse(kilobytes, null) * 1024 : 0;

    [GeneratedRegex(@"^  Open +(http\S+)$", RegexOptions.Multiline)]
    private static partial Regex AddressLine();

    [GeneratedRegex(@"^  Sign in +(http\S+)$", RegexOptions.Multiline)]
    private static partial Regex LinkLine();
}
