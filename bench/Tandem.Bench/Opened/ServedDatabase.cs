using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Tandem.Bench.Opened;

/// <summary>The <c>tandem</c> command in a process of its own, serving a database.</summary>
internal sealed class ServedDatabase : IAsyncDisposable
{
    public const string Token = "the-token-of-the-benchmarks";
    private readonly Process _process;

    private ServedDatabase(Process process, Uri address)
    {
        (_process, Address) = (process, address);
        Http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = address };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public Uri Address { get; }

    public HttpClient Http { get; }

    /// <summary>The bytes that are the process's own in memory at this moment.</summary>
    public long Memory => File.ReadLines($"/proc/{_process.Id}/smaps_rollup").Where(l => l.StartsWith("Private_Dirty:", StringComparison.Ordinal))
        .Select(l => long.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024).Single();

    public static async Task<ServedDatabase> StartAsync(string database)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        listener.Stop();
        var command = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Tandem.Cli", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "Tandem.Cli.dll"));
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [command, "serve", database, "--urls", address.ToString().TrimEnd('/')])
            {
                RedirectStandardOutput = true,
                Environment = { ["TANDEM_TOKEN"] = Token },
            },
        };
        process.OutputDataReceived += (_, e) =>
        {
            if (e.Data?.Contains("(works once", StringComparison.Ordinal) == true)
            {
                ready.TrySetResult();
            }
        };
        process.Start();
        process.BeginOutputReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromSeconds(60));
        return new ServedDatabase(process, address);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
