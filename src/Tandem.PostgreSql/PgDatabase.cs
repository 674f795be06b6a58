using System.Data.Common;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Relational.Introspection;
using Tandem.Relational.Sql;
using Tandem.Relational.Watching;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.PostgreSql;

/// <summary>A PostgreSQL database as a database of live tables. Safe from any thread.</summary>
public sealed class PgDatabase : IDatabase
{
    private readonly PgOptions _options;
    private readonly List<string> _notes = [];
    private Catalog _catalog = new([], [], []);

    private PgDatabase(NpgsqlConnectionStringBuilder builder, PgOptions options, ILogger logger)
    {
        _options = options;
        builder.MaxAutoPrepare = builder.MaxAutoPrepare == 0 ? 100 : builder.MaxAutoPrepare;
        builder.AutoPrepareMinUsages = 2;
        if (options.IsReadOnly)
        {
            // The server itself refuses what slips through.
            builder.Options = (builder.Options + " -c default_transaction_read_only=on").Trim();
        }

        ConnectionString = builder.ToString();
        Name = builder.Database ?? "postgres";
        Source = NpgsqlDataSource.Create(ConnectionString);
        PgFeed = new PgFeed(this, options, logger);
    }

    private sealed record Catalog(IReadOnlyList<ITable> Tables, Dictionary<string, PgTable> ByName, Dictionary<(string, string), PgTableMap> ByRelation);

    public string Name { get; }

    public string Product { get; private set; } = "PostgreSQL";

    public bool IsReadOnly => _options.IsReadOnly;

    public IReadOnlyList<ITable> Tables => _catalog.Tables;

    public int SchemaVersion { get; private set; } = 1;

    public IChangeFeed Feed => PgFeed;

    public IReadOnlyList<string> Notes => _notes;

    internal PgFeed PgFeed { get; }

    internal NpgsqlDataSource Source { get; }

    internal string ConnectionString { get; }

    internal bool HasJournal { get; private set; }

    /// <summary>Connects, makes Tandem's own tables where they are missing, and starts the feed.</summary>
    /// <param name="address">A <c>postgresql://</c> URI or a key-value connection string.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="loggers">Null to log nothing.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="FormatException">The address cannot be read.</exception>
    /// <exception cref="DatabaseUnavailableException">The server cannot be reached or refuses.</exception>
    public static async Task<PgDatabase> OpenAsync(string address, PgOptions? options = null, ILoggerFactory? loggers = null, CancellationToken cancellationToken = default)
    {
        var builder = PgConnectionText.Parse(address);
        PollRange.Check(options?.Poll);
        var database = new PgDatabase(builder, options ?? new PgOptions(), (loggers ?? NullLoggerFactory.Instance).CreateLogger<PgDatabase>());
        try
        {
            await database.StartAsync(cancellationToken).ConfigureAwait(false);
            return database;
        }
        catch (Exception e)
        {
            await database.DisposeAsync().ConfigureAwait(false);
            if (e is not (NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or DatabaseUnavailableException))
            {
                throw;
            }

            var cause = e is DatabaseUnavailableException { InnerException: { } inner } ? inner : e;
            throw new DatabaseUnavailableException(PgErrors.WhyClosed(cause, builder), cause);
        }
    }

    public ITable? Find(string table) => _catalog.ByName.GetValueOrDefault(table);

    public ITable? FindSystem(string name) => Find("tandem." + name);

    public async Task ReloadAsync(CancellationToken cancellationToken = default)
    {
        var maps = await PgSchemaReader.ReadAsync(Source, cancellationToken).ConfigureAwait(false);
        maps = [.. maps.Select(m => m with { Map = m.Map.WithSchema(_options.Refine(m.Schema)) })];
        PgTable[] tables = [.. maps.Select(m => new PgTable(this, m))];
        var before = _catalog.Tables;
        _catalog = new Catalog(
            tables,
            tables.ToDictionary(t => t.Schema.Name, StringComparer.Ordinal),
            maps.ToDictionary(m => (m.SchemaName, m.RelationName)));
        if (!_isStarted)
        {
            return;
        }

        SchemaVersion += SchemaPrint.Same(before, _catalog.Tables) ? 0 : 1;
        // Prepared statements of the old tables would fail on the new ones.
        Source.Clear();
        if (_whyPolling is null && !IsReadOnly && await PublishAsync(cancellationToken).ConfigureAwait(false) is { } reason)
        {
            _notes.Add($"new tables could not be published, so other programs' writes to them are not heard: {reason}");
        }
    }

    public async ValueTask<RecordCount> EstimateAsync(string table, CancellationToken cancellationToken = default)
    {
        if (Table(table) is not { } found)
        {
            return default;
        }

        var sql = new SqlText();
        sql.Append($"SELECT CASE WHEN relkind = 'p' THEN (SELECT sum(reltuples) FROM pg_class p JOIN pg_inherits i ON i.inhrelid = p.oid WHERE i.inhparent = c.oid) ELSE reltuples END::float8 FROM pg_class c WHERE oid = ${sql.Add(PgColumn.Text(found.Map.QuotedName))}::text::regclass");
        var estimate = (await ReadAsync(sql, r => r.IsDBNull(0) ? -1 : r.GetDouble(0), cancellationToken).ConfigureAwait(false)).FirstOrDefault();
        const int Bound = 20_000;
        if (estimate > Bound)
        {
            return new RecordCount((long)estimate, false);
        }

        var counted = (await ReadAsync(new SqlText().Append($"SELECT count(*) FROM (SELECT 1 FROM {found.Map.QuotedName} LIMIT {Bound + 1}) t"), r => r.GetInt64(0), cancellationToken).ConfigureAwait(false))[0];
        return new RecordCount(counted, counted <= Bound);
    }

    public async Task<IReadOnlyList<Change>> HistoryAsync(string? table, RecordKey? key, int limit, CancellationToken cancellationToken = default) =>
        Find("tandem.journal") is null ? [] : await PgFeed.Journal.NewestAsync(table, key, limit, cancellationToken).ConfigureAwait(false);

    public async Task<string?> ReadSettingAsync(string name, CancellationToken cancellationToken = default)
    {
        if (Find("tandem.settings") is null)
        {
            return null;
        }

        var sql = new SqlText();
        sql.Append($"SELECT value FROM tandem.settings WHERE name = ${sql.Add(PgColumn.Text(name))}");
        return (await ReadAsync(sql, r => r.GetString(0), cancellationToken).ConfigureAwait(false)).FirstOrDefault();
    }

    public async Task<string> KeepSettingAsync(string name, string value, CancellationToken cancellationToken = default)
    {
        if (IsReadOnly)
        {
            return value;
        }

        var sql = new SqlText();
        sql.Append($"INSERT INTO tandem.settings (name, value) VALUES (${sql.Add(PgColumn.Text(name))}, ${sql.Add(PgColumn.Text(value))}) ON CONFLICT DO NOTHING");
        await ReadAsync(sql, r => 0, cancellationToken).ConfigureAwait(false);
        return await ReadSettingAsync(name, cancellationToken).ConfigureAwait(false) ?? value;
    }

    public Task<BatchResult> WriteAllAsync(IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    public Task<Change?> FindWriteAsync(Guid id, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    public Task<long> TrimJournalAsync(JournalRetention retention, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    public async ValueTask DisposeAsync()
    {
        await PgFeed.DisposeAsync().ConfigureAwait(false);
        await Source.DisposeAsync().ConfigureAwait(false);
    }

    internal PgTable? Table(string name) => _catalog.ByName.GetValueOrDefault(name);

    internal TableSchema? SchemaOf(string name) => Table(name)?.Schema;

    internal PgTableMap? TableOf(string schema, string relation) => _catalog.ByRelation.GetValueOrDefault((schema, relation));

    internal async Task<List<T>> ReadAsync<T>(SqlText sql, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using var closing = connection.ConfigureAwait(false);
            return await ReadAsync(connection, sql, read, cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException e) when (PgErrors.IsUnavailable(e) && !cancellationToken.IsCancellationRequested)
        {
            throw PgErrors.Unavailable(e);
        }
    }

    internal static async Task<List<T>> ReadAsync<T>(NpgsqlConnection connection, SqlText sql, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql.ToString(), connection);
        await using var disposing = command.ConfigureAwait(false);
        foreach (var parameter in sql.Parameters)
        {
            command.Parameters.Add((NpgsqlParameter)parameter!);
        }

        var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = reader.ConfigureAwait(false);
        List<T> rows = [];
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    private string? _whyPolling;
    private bool _isStarted;

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        Product = "PostgreSQL " + (await ReadAsync(new SqlText().Append("SELECT split_part(current_setting('server_version'), ' ', 1)"), r => r.GetString(0), cancellationToken).ConfigureAwait(false))[0];
        if (!IsReadOnly)
        {
            await EnsureTablesAsync(cancellationToken).ConfigureAwait(false);
            HasJournal = true;
        }

        await ReloadAsync(cancellationToken).ConfigureAwait(false);
        _whyPolling = IsReadOnly ? "polling, since replication would write a publication"
            : !_options.UseReplication ? "polling, as asked"
            : await PublishAsync(cancellationToken).ConfigureAwait(false);
        await PgFeed.StartAsync(_whyPolling, cancellationToken).ConfigureAwait(false);
        _isStarted = true;
    }

    private async Task EnsureTablesAsync(CancellationToken cancellationToken)
    {
        const string Existing = "SELECT count(*) FROM pg_tables WHERE schemaname = 'tandem' AND tablename IN ('journal', 'users', 'settings')";
        if ((await ReadAsync(new SqlText().Append(Existing), r => r.GetInt64(0), cancellationToken).ConfigureAwait(false))[0] == 3)
        {
            return;
        }

        // Two nodes that start together would both create; the lock makes the second find them made.
        await ReadAsync(new SqlText().Append($"BEGIN; SELECT pg_advisory_xact_lock({PgElsewhere.LockKey}); {PgJournal.CreateSql} COMMIT;"), r => 0, cancellationToken).ConfigureAwait(false);
        _notes.Add("made Tandem's own tables: journal, users and settings in schema tandem");
    }

    /// <summary>Makes or completes the publication that replication listens to.</summary>
    /// <returns>Why replication cannot be used, or null.</returns>
    /// <remarks>Only tables with a primary key are published: on any other, publishing would make updates by other programs fail.</remarks>
    private async Task<string?> PublishAsync(CancellationToken cancellationToken)
    {
        const string Facts = $"SELECT current_setting('wal_level'), (SELECT rolsuper OR rolreplication FROM pg_roles WHERE rolname = current_user), EXISTS (SELECT 1 FROM pg_publication WHERE pubname = '{PgReplication.Publication}')";
        var (level, mayReplicate, exists) = (await ReadAsync(new SqlText().Append(Facts), r => (r.GetString(0), r.GetBoolean(1), r.GetBoolean(2)), cancellationToken).ConfigureAwait(false))[0];
        if (level != "logical")
        {
            return "polling, since the server's wal_level is not logical";
        }

        if (!mayReplicate)
        {
            return "polling, since the database user may not replicate";
        }

        try
        {
            var tables = string.Join(", ", _catalog.ByRelation.Values.Where(t => t.IsPublishable && (!t.Schema.IsSystem || t.Schema.Name == "tandem.journal")).Select(t => t.Map.QuotedName));
            // Nodes that start together would stand in each other's way; under the lock the second finds what the first made.
            var sql = $"""
                BEGIN;
                SELECT pg_advisory_xact_lock({PgElsewhere.LockKey});
                DO $publish_{PgReplication.Publication}$ BEGIN
                    IF EXISTS (SELECT 1 FROM pg_publication WHERE pubname = '{PgReplication.Publication}') THEN
                        ALTER PUBLICATION {PgReplication.Publication} SET TABLE {tables};
                    ELSE
                        CREATE PUBLICATION {PgReplication.Publication} FOR TABLE {tables} WITH (publish_via_partition_root = true);
                    END IF;
                END $publish_{PgReplication.Publication}$;
                COMMIT;
                """;
            await ReadAsync(new SqlText().Append(sql), r => 0, cancellationToken).ConfigureAwait(false);
            if (!exists)
            {
                _notes.Add("made the publication tandem, through which other programs' writes are heard");
            }

            return null;
        }
        catch (PostgresException e) when (e.SqlState is "42501" or "42710" or "55006" or "XX000")
        {
            return e.SqlState == "42501" ? "polling, since the database user may not publish the tables" : "polling, since the publication could not be made";
        }
    }
}
