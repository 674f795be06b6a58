using System.Data.Common;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Relational.Introspection;
using Tandem.Relational.Sql;
using Tandem.Relational.Tables;
using Tandem.Relational.Watching;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.PostgreSql;

/// <summary>A PostgreSQL database as a database of live tables. Safe from any thread.</summary>
public sealed partial class PgDatabase : IDatabase
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
        maps = [.. maps.Select(m => m with { Map = Described(m) })];
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
        if (_notifies && await InstallTriggersAsync(cancellationToken).ConfigureAwait(false) is { } refused)
        {
            _notes.Add($"new tables could not be given triggers, so other programs' writes to them are not heard: {refused}");
        }

        if (_whyNotReplicating is null && !IsReadOnly && await PublishAsync(cancellationToken).ConfigureAwait(false) is { } reason)
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

    public async Task<IReadOnlyList<Change>> OperationAsync(string operation, int limit, CancellationToken cancellationToken = default) =>
        Find("tandem.journal") is null ? [] : await PgFeed.Journal.OfOperationAsync(operation, limit, cancellationToken).ConfigureAwait(false);

    private int _disposed;

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await PgFeed.DisposeAsync().ConfigureAwait(false);
        await Source.DisposeAsync().ConfigureAwait(false);
    }

    private TableMap Described(PgTableMap table)
    {
        var schema = VersionRules.Protect(_options.Refine(table.Schema));
        // Partitioned tables and views have no version of a row to give.
        return new TableMap(schema, table.Map.QuotedName, table.Map.Columns)
        {
            RowVersion = _options.UseRowVersions && table.HasRowVersion && schema.VersionField is null ? "xmin" : null,
            Sibling = name => Table(name)?.Map,
        };
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
}
