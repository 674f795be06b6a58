using Microsoft.Data.Sqlite;
using Npgsql;
using Tandem.PostgreSql;
using Tandem.Sqlite;

namespace Tandem.Bench;

/// <summary>One million items in a PostgreSQL database and in a SQLite file, made anew for each run and only when a question needs them.</summary>
/// <param name="server">A server to make databases on; null for one of the run's own.</param>
internal sealed class Stage(string? server) : IAsyncDisposable
{
    public const int Records = 1_000_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-bench").FullName;
    private PgCluster? _cluster;
    private string? _address;
    private PgDatabase? _pg;
    private SqliteDatabase? _sqlite;

    public string SqlitePath => Path.Combine(_folder, "bench.db");

    /// <summary>The database Tandem works on.</summary>
    public string Postgres => AddressOf("tandem_bench");

    /// <summary>The same tables in a database that Tandem knows nothing of: for peers, which would else be heard, decoded and journalled.</summary>
    public string PlainPostgres => AddressOf("tandem_bench_plain");

    public async Task<PgDatabase> PgAsync()
    {
        if (_pg is not null)
        {
            return _pg;
        }

        _cluster = server is null ? await PgCluster.StartAsync() : null;
        _address = server ?? _cluster!.Address;
        await using (var admin = NpgsqlDataSource.Create(AddressOf(null)))
        {
            await DropAsync(admin);
            await ExecuteAsync(admin, "CREATE DATABASE tandem_bench");
            await using (var source = NpgsqlDataSource.Create(Postgres + ";Pooling=false"))
            {
                await ExecuteAsync(source, """
                    CREATE TABLE items (id bigint PRIMARY KEY, name text NOT NULL, category varchar(20) NOT NULL, price numeric(10,2) NOT NULL, stock int NOT NULL, note text, changed_at timestamptz NOT NULL);
                    INSERT INTO items SELECT i, 'Item ' || lpad((i * 7919 % 1000000)::text, 7, '0'), 'category ' || i % 40, (i % 10000) / 100.0, i % 500, CASE WHEN i % 3 = 0 THEN 'note ' || i END, timestamptz '2026-01-01' + i * interval '1 second'
                    FROM generate_series(1::bigint, 1000000) i;
                    CREATE INDEX ON items (name);
                    CREATE INDEX ON items (category);
                    CREATE TABLE hot (id bigint PRIMARY KEY, a int NOT NULL, b int NOT NULL, c int NOT NULL, d int NOT NULL, e int NOT NULL, f int NOT NULL, g int NOT NULL, h int NOT NULL);
                    INSERT INTO hot SELECT i, 0, 0, 0, 0, 0, 0, 0, 0 FROM generate_series(1, 10) i;
                    """);
                await ExecuteAsync(source, "VACUUM ANALYZE");
            }

            await ExecuteAsync(admin, "CREATE DATABASE tandem_bench_plain TEMPLATE tandem_bench");
        }

        return _pg = await PgDatabase.OpenAsync(Postgres);
    }

    public async Task<SqliteDatabase> SqliteAsync()
    {
        if (_sqlite is not null)
        {
            return _sqlite;
        }

        await using (var connection = new SqliteConnection($"Data Source={SqlitePath};Pooling=False"))
        {
            SqliteNative.Initialize();
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = """
                CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL, category VARCHAR(20) NOT NULL, price DECIMAL(10,2) NOT NULL, stock INTEGER NOT NULL, note TEXT, changed_at DATETIME NOT NULL);
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
                INSERT INTO items SELECT i, 'Item ' || substr('0000000' || (i * 7919 % 1000000), -7), 'category ' || i % 40, (i % 10000) / 100.0, i % 500, CASE WHEN i % 3 = 0 THEN 'note ' || i END, datetime('2026-01-01', i || ' seconds') FROM n;
                CREATE INDEX items_name ON items (name);
                CREATE INDEX items_category ON items (category);
                ANALYZE;
                """;
            await command.ExecuteNonQueryAsync();
        }

        return _sqlite = await SqliteDatabase.OpenAsync(SqlitePath);
    }

    public static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_sqlite is not null)
        {
            await _sqlite.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
        if (_pg is not null)
        {
            await _pg.DisposeAsync();
            await using var admin = NpgsqlDataSource.Create(AddressOf(null));
            await DropAsync(admin);
        }

        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    private string AddressOf(string? database)
    {
        var builder = PgConnectionText.Parse(_address ?? throw new InvalidOperationException("The PostgreSQL databases are made by the first question that needs them."));
        builder.Database = database ?? builder.Database;
        return builder.ToString();
    }

    private static async Task DropAsync(NpgsqlDataSource admin)
    {
        await ExecuteAsync(admin, "DROP DATABASE IF EXISTS tandem_bench WITH (FORCE)");
        await ExecuteAsync(admin, "DROP DATABASE IF EXISTS tandem_bench_plain WITH (FORCE)");
    }
}
