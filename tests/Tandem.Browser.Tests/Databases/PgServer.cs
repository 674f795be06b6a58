using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Databases;

/// <summary>A PostgreSQL cluster of this test process alone, with logical replication.</summary>
internal sealed class PgServer : IAsyncDisposable
{
    private static readonly string? s_binaries = !Directory.Exists("/usr/lib/postgresql")
        ? null
        : Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb"))).Max();

    private readonly string _folder;
    private readonly int _port;
    private int _databases;

    private PgServer(string folder, int port) => (_folder, _port) = (folder, port);

    public static bool IsHere => s_binaries is not null;

    public static async Task<PgServer> StartAsync()
    {
        Missing.Unless(IsHere, "PostgreSQL");
        var folder = Directory.CreateTempSubdirectory("tandem-pg-").FullName;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        if (Environment.IsPrivilegedProcess)
        {
            // The server refuses to run as root.
            await RunAsync("chown", ["postgres", folder]);
        }

        await RunAsync("initdb", ["-D", folder + "/data", "-U", "postgres", "-A", "trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]);
        var server = new PgServer(folder, port);
        await RunAsync("pg_ctl", ["-D", folder + "/data", "-s", "-w", "-l", folder + "/log", "-o",
            $"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c wal_level=logical -c fsync=off -c max_connections=200 -c max_wal_senders=40 -c max_replication_slots=40",
            "start"]);
        return server;
    }

    public async Task<string> CreateDatabaseAsync(string script)
    {
        var name = "stage_" + Interlocked.Increment(ref _databases).ToString(CultureInfo.InvariantCulture);
        await ExecuteAsync(Address("postgres"), $"CREATE DATABASE {name}");
        await ExecuteAsync(Address(name), script);
        return Address(name);
    }

    /// <summary>Runs statements as a program that knows nothing of Tandem.</summary>
    public static async Task ExecuteAsync(string address, string sql)
    {
        await using var connection = new NpgsqlConnection(address);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(_folder))
        {
            await RunAsync("pg_ctl", ["-D", _folder + "/data", "-s", "-m", "immediate", "stop"]);
            Directory.Delete(_folder, recursive: true);
        }
    }

    private string Address(string database) => $"Host=127.0.0.1;Port={_port};Username=postgres;Database={database};Pooling=false";

    private static async Task RunAsync(string program, string[] arguments)
    {
        var isOwn = program != "chown";
        List<string> words = [.. arguments];
        if (isOwn)
        {
            words.Insert(0, Path.Combine(s_binaries!, program));
            if (Environment.IsPrivilegedProcess)
            {
                words.InsertRange(0, ["runuser", "-u", "postgres", "--"]);
            }
        }
        else
        {
            words.Insert(0, program);
        }

        // The server would inherit pipes and hold them open, so its words go to its own log.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "\"$@\" >/dev/null 2>&1", "sh", .. words]) { WorkingDirectory = "/" })!;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0 || arguments.Contains("stop"), $"{program} ended with {process.ExitCode}");
    }
}
