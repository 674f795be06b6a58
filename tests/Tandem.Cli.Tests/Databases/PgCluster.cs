using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;
using Tandem.Cli.Tests.Processes;

namespace Tandem.Cli.Tests.Databases;

/// <summary>A private PostgreSQL server, started when first asked for. Anybody may connect, except <see cref="Guarded"/>, who needs a password.</summary>
public sealed class PgCluster : IAsyncDisposable
{
    public const string Guarded = "guarded";
    public const string Password = "right";

    private const string Template = "chinook_template";
    private static readonly string? s_programs = Directory.Exists("/usr/lib/postgresql")
        ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb"))).Max(StringComparer.Ordinal)
        : null;

    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly string _walLevel;
    private readonly int _port;
    private string? _folder;
    private int _databases;

    public PgCluster()
        : this("logical")
    {
    }

    internal PgCluster(string walLevel)
    {
        _walLevel = walLevel;
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        _port = ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public int Port => _port;

    public string Address(string database, string user = "postgres", string? password = null) =>
        $"postgresql://{user}{(password is null ? "" : ":" + password)}@127.0.0.1:{_port}/{database}";

    public string ConnectionString(string database) => $"Host=127.0.0.1;Port={_port};Username=postgres;Database={database};Pooling=false";

    /// <summary>Makes a database of its own that holds Chinook.</summary>
    public async Task<string> CreateChinookAsync()
    {
        await StartAsync();
        var name = $"chinook_{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync("postgres", $"CREATE DATABASE {name} TEMPLATE {Template}");
        return name;
    }

    public async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T> ScalarAsync<T>(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(database));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task StartAsync()
    {
        Assert.SkipUnless(s_programs is not null || Environment.GetEnvironmentVariable("CI") == "true", "PostgreSQL is not installed.");
        await _starting.WaitAsync();
        try
        {
            if (_folder is null)
            {
                await MakeAsync();
            }
        }
        finally
        {
            _starting.Release();
        }
    }

    public Task StopServerAsync() => RunAsync("pg_ctl", "stop", "-D", _folder!, "-m", "fast", "-w");

    public Task StartServerAsync() => RunAsync("pg_ctl", "start", "-D", _folder!, "-w", "-l", Path.Combine(_folder!, "log"));

    public async ValueTask DisposeAsync()
    {
        if (_folder is not null)
        {
            await RunAsync("pg_ctl", "stop", "-D", _folder, "-m", "immediate", "-w");
            Directory.Delete(_folder, recursive: true);
        }

        _starting.Dispose();
    }

    private async Task MakeAsync()
    {
        var folder = Directory.CreateTempSubdirectory("tandem-pg-").FullName;
        if (Environment.IsPrivilegedProcess)
        {
            await ProgramAsync("chown", "postgres", folder);
        }

        await RunAsync("initdb", "-D", folder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync");
        await File.AppendAllTextAsync(Path.Combine(folder, "postgresql.conf"), $"""

            listen_addresses = '127.0.0.1'
            port = {_port}
            unix_socket_directories = '{folder}'
            wal_level = {_walLevel}
            max_wal_senders = 20
            max_replication_slots = 20
            fsync = off
            """);
        var access = Path.Combine(folder, "pg_hba.conf");
        await File.WriteAllTextAsync(access, $"host all {Guarded} 127.0.0.1/32 scram-sha-256\n" + await File.ReadAllTextAsync(access));
        _folder = folder;
        await StartServerAsync();
        await ExecuteAsync("postgres", $"CREATE ROLE {Guarded} LOGIN PASSWORD '{Password}'");
        await ExecuteAsync("postgres", $"CREATE DATABASE {Template}");
        var script = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "chinook/chinook-postgresql.sql"));
        const string Connects = "\\c chinook;";
        await ExecuteAsync(Template, script[(script.IndexOf(Connects, StringComparison.Ordinal) + Connects.Length)..]);
    }

    /// <summary>Runs one of the server's programs; they refuse to run as root.</summary>
    private static Task RunAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(s_programs!, program);
        return Environment.IsPrivilegedProcess ? ProgramAsync("runuser", ["-u", "postgres", "--", path, .. arguments]) : ProgramAsync(path, arguments);
    }

    private static async Task ProgramAsync(string program, params string[] arguments)
    {
        // The server inherits what it is started with, so its output must not be a pipe that somebody waits on.
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program, .. arguments]) { WorkingDirectory = "/" })!;
        await Within.SecondsAsync(60, process.WaitForExitAsync(), () => program + " to end");
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }
}
