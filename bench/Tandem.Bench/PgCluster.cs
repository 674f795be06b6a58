using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tandem.Bench;

/// <summary>A PostgreSQL server of this run alone, with the settings it comes with, save that it allows logical replication. Gone with the run.</summary>
internal sealed class PgCluster : IAsyncDisposable
{
    private readonly string _binaries;
    private readonly string _folder;

    private PgCluster(string binaries, string folder, int port) => (_binaries, _folder, Address) = (binaries, folder, $"postgresql://postgres@127.0.0.1:{port}/postgres");

    public string Address { get; }

    private string Data => Path.Combine(_folder, "data");

    public static async Task<PgCluster> StartAsync()
    {
        var binaries = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb"))).OrderDescending().FirstOrDefault()
            : null;
        var cluster = new PgCluster(
            binaries ?? throw new InvalidOperationException("No PostgreSQL server is installed in /usr/lib/postgresql. Name the address of one."),
            Directory.CreateTempSubdirectory("tandem-bench-pg-").FullName,
            FreePort());
        if (Environment.IsPrivilegedProcess)
        {
            // The server refuses to run as root, so that its folder must be its own user's.
            await RunAsync("chown", ["postgres", cluster._folder]);
        }

        await cluster.ServerAsync("initdb", "-D", cluster.Data, "-U", "postgres", "-A", "trust", "--locale=C.UTF-8", "--encoding=UTF8");
        var settings = $"-c port={new Uri(cluster.Address).Port.ToString(CultureInfo.InvariantCulture)} -c listen_addresses=127.0.0.1 -c unix_socket_directories={cluster._folder} -c wal_level=logical";
        await cluster.ServerAsync("pg_ctl", "-D", cluster.Data, "-s", "-w", "-l", Path.Combine(cluster._folder, "log"), "-o", settings, "start");
        return cluster;
    }

    public async ValueTask DisposeAsync()
    {
        await ServerAsync("pg_ctl", "-D", Data, "-s", "-m", "immediate", "stop");
        Directory.Delete(_folder, recursive: true);
    }

    private Task ServerAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(_binaries, program);
        return Environment.IsPrivilegedProcess ? RunAsync("runuser", ["-u", "postgres", "--", path, .. arguments]) : RunAsync(path, arguments);
    }

    private static async Task RunAsync(string program, string[] arguments)
    {
        // Nothing of the server's is redirected: it would hold the pipes of its starter open for ever.
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = "/", RedirectStandardOutput = arguments.Contains("-A") })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
