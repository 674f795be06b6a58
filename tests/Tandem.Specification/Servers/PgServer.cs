using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Tandem.Specification.Servers;

/// <summary>A PostgreSQL cluster of this test process alone. It is made at the first use and gone with the process.</summary>
public sealed class PgServer
{
    private static readonly Lock s_lock = new();
    private static readonly Dictionary<string, Task<PgServer>> s_started = new(StringComparer.Ordinal);
    private static readonly string? s_binaries = FindBinaries();
    private static int s_databases;

    private readonly string _folder;

    private PgServer(string folder, int port) => (_folder, Port) = (folder, port);

    public int Port { get; }

    /// <summary>A server that allows logical replication.</summary>
    public static Task<PgServer> LogicalAsync() => GetAsync("logical");

    /// <summary>A server that does not.</summary>
    public static Task<PgServer> ReplicaAsync() => GetAsync("replica");

    /// <summary>A server of one test alone, which may be restarted without hurting others.</summary>
    public static Task<PgServer> OwnAsync(bool isLogical)
    {
        Missing.Unless(s_binaries is not null, "PostgreSQL");
        return StartAsync(isLogical ? "logical" : "replica");
    }

    /// <summary>Takes the server down, cutting every connection, and up again.</summary>
    public Task RestartAsync() => RunAsync(Path.Combine(s_binaries!, "pg_ctl"), ["-D", Path.Combine(_folder, "data"), "-s", "-w", "-m", "fast", "-l", Path.Combine(_folder, "log"), "restart"]);

    /// <summary>Makes a database and gives its connection string.</summary>
    /// <param name="script">Statements to fill it with.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<string> CreateDatabaseAsync(string? script, CancellationToken cancellationToken)
    {
        var name = "test_" + Interlocked.Increment(ref s_databases).ToString(CultureInfo.InvariantCulture);
        await ExecuteAsync(Address("postgres"), $"CREATE DATABASE {name}", cancellationToken);
        if (script is not null)
        {
            await ExecuteAsync(Address(name), script, cancellationToken);
        }

        return Address(name);
    }

    /// <summary>Runs statements as a program that knows nothing of Tandem.</summary>
    public static async Task ExecuteAsync(string address, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(address);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private string Address(string database) => $"Host=127.0.0.1;Port={Port};Username=postgres;Database={database};Pooling=false";

    private static Task<PgServer> GetAsync(string walLevel)
    {
        Missing.Unless(s_binaries is not null, "PostgreSQL");
        lock (s_lock)
        {
            if (!s_started.TryGetValue(walLevel, out var server))
            {
                s_started.Add(walLevel, server = Task.Run(() => StartAsync(walLevel)));
            }

            return server;
        }
    }

    private static async Task<PgServer> StartAsync(string walLevel)
    {
        // The server's own user must be able to enter, and the server refuses to run as root.
        var folder = Directory.CreateTempSubdirectory("tandem-pg-").FullName;
        var data = Path.Combine(folder, "data");
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync("chown", ["postgres", folder]);
        }

        await RunAsync(Path.Combine(s_binaries!, "initdb"), ["-D", data, "-U", "postgres", "-A", "trust", "--locale=C.UTF-8", "--encoding=UTF8", "--no-sync"]);
        var port = FreePort();
        var server = new PgServer(folder, port);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.Stop();
        string[] settings =
        [
            $"port={port}", "listen_addresses=127.0.0.1", $"unix_socket_directories={folder}", $"wal_level={walLevel}", "fsync=off", "full_page_writes=off",
            "max_connections=200", "max_wal_senders=60", "max_replication_slots=60", "shared_buffers=64MB", "autovacuum=off",
        ];
        await RunAsync(Path.Combine(s_binaries!, "pg_ctl"), ["-D", data, "-s", "-w", "-l", Path.Combine(folder, "log"), "-o", string.Join(' ', settings.Select(s => "-c " + s)), "start"]);
        return server;
    }

    private void Stop()
    {
        try
        {
            using var process = Process.Start(Command(Path.Combine(s_binaries!, "pg_ctl"), ["-D", Path.Combine(_folder, "data"), "-s", "-m", "immediate", "stop"]))!;
            process.WaitForExit();
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static async Task RunAsync(string program, string[] arguments)
    {
        using var process = Process.Start(Command(program, arguments))!;
        var redirected = process.StartInfo.RedirectStandardError;
        var texts = redirected ? await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync()) : [];
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {string.Concat(texts)}");
        }
    }

    private static ProcessStartInfo Command(string program, string[] arguments)
    {
        var asServer = Environment.IsPrivilegedProcess && program.StartsWith(s_binaries!, StringComparison.Ordinal);
        return new ProcessStartInfo(asServer ? "runuser" : program, asServer ? ["-u", "postgres", "--", program, .. arguments] : arguments)
        {
            // The server inherits the pipes of its starter and would hold them open for ever; it writes to its own log.
            RedirectStandardError = !arguments.Any(a => a is "start" or "restart"),
            RedirectStandardOutput = !arguments.Any(a => a is "start" or "restart"),
            WorkingDirectory = "/",
        };
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string? FindBinaries() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb"))).OrderDescending().FirstOrDefault()
        : null;
}
