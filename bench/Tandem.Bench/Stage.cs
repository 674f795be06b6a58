using Microsoft.Data.Sqlite;
using Npgsql;
using Tandem.PostgreSql;
using Tandem.Sqlite;

namespace Tandem.Bench;

/// <summary>One million items in a PostgreSQL database and in a SQLite file, made anew for each run.</summary>
internal sealed class Stage : IAsyncDisposable
{
    public const int Records = 1_000_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("tandem-bench").FullName;
    private readonly string _server;

    private Stage(string server) => _server = server;

    public required string Postgres { get; init; }

    public string SqlitePath => Path.Combine(_folder, "bench.db");

    public PgDatabase Pg { get; private set; } = null!;

    public SqliteDatabase Sqlite { get; private set; } = null!;

    public static async Task<Stage> PrepareAsync(string server)
    {
        var builder = PgConnectionText.Parse(server);
        await using (var admin = NpgsqlDataSource.Create(builder.ToString()))
        {
            await ExecuteAsync(admin, "DROP DATABASE IF EXISTS tandem_bench WITH (FORCE)");
            await ExecuteAsync(admin, "CREATE DATABASE tandem_bench");
        }

        builder.Database = "tandem_bench";
        var stage = new Stage(server) { Postgres = builder.ToString() };
        await using (var source = NpgsqlDataSource.Create(stage.Postgres))
        {
            await ExecuteAsync(source, """
                CREATE TABLE items (id bigint PRIMARY KEY, name text NOT NULL, category varchar(20) NOT NULL, price numeric(10,2) NOT NULL, stock int NOT NULL, note text, changed_at timestamptz NOT NULL);
                INSERT INTO items SELECT i, 'Item ' || lpad((i * 7919 % 1000000)::text, 7, '0'), 'category ' || i % 40, (i % 10000) / 100.0, i % 500, CASE WHEN i % 3 = 0 THEN 'note ' || i END, timestamptz '2026-01-01' + i * interval '1 second'
                FROM generate_series(1::bigint, 1000000) i;
                CREATE INDEX ON items (name);
                CREATE INDEX ON items (category);
                ANALYZE items;
                """);
        }

        await using (var connection = new SqliteConnection($"Data Source={stage.SqlitePath};Pooling=False"))
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

        stage.Pg = await PgDatabase.OpenAsync(stage.Postgres);
        stage.Sqlite = await SqliteDatabase.OpenAsync(stage.SqlitePath);
        return stage;
    }

    public static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Pg.DisposeAsync();
        await Sqlite.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        await using var admin = NpgsqlDataSource.Create(PgConnectionText.Parse(_server).ToString());
        await ExecuteAsync(admin, "DROP DATABASE IF EXISTS tandem_bench WITH (FORCE)");
    }
}
