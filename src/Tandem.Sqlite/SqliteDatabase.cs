using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SQLitePCL;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Relational.Introspection;
using Tandem.Relational.Sql;
using Tandem.Relational.Tables;
using Tandem.Relational.Watching;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Sqlite;

/// <summary>A SQLite file as a database of live tables. Safe from any thread.</summary>
public sealed partial class SqliteDatabase : IDatabase
{
    private readonly SqliteOptions _options;
    private readonly SqliteFeed _feed;
    private readonly List<string> _notes = [];
    private readonly string? _tidied;
    private bool _journalExists;
    private Catalog _catalog = new([], []);

    private SqliteDatabase(string path, SqliteOptions options, ILogger logger)
    {
        _options = options;
        Name = Path.GetFileName(path);
        _tidied = options.IsReadOnly && SqliteReadOnly.LeavesTraces(path) ? path : null;
        Connections = new SqliteConnections(path, options.IsReadOnly);
        _feed = new SqliteFeed(this, options.Poll, options.Clock, logger);
    }

    private sealed record Catalog(IReadOnlyList<ITable> Tables, Dictionary<string, SqliteTable> ByName);

    public string Name { get; }

    public string Product { get; private set; } = "SQLite";

    public bool IsReadOnly => _options.IsReadOnly;

    public IReadOnlyList<ITable> Tables => _catalog.Tables;

    public int SchemaVersion { get; private set; } = 1;

    public IChangeFeed Feed => _feed;

    public IReadOnlyList<string> Notes => _notes;

    internal SqliteConnections Connections { get; }

    internal SqliteWriter Writer { get; private set; } = null!;

    /// <summary>Whether changes are kept, so that readers can go back to them.</summary>
    internal bool HasJournal => _journalExists && !IsReadOnly;

    /// <summary>Opens a file, makes Tandem's own tables where they are missing, and starts its feed.</summary>
    /// <param name="path">The file. It must exist.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="loggers">Null to log nothing.</param>
    /// <param name="cancellationToken">Ends the opening.</param>
    /// <exception cref="DatabaseUnavailableException">The file is missing, is not a SQLite database, or cannot be opened.</exception>
    public static async Task<SqliteDatabase> OpenAsync(string path, SqliteOptions? options = null, ILoggerFactory? loggers = null, CancellationToken cancellationToken = default)
    {
        if (!File.Exists(path))
        {
            throw new DatabaseUnavailableException($"There is no file '{path}'. Name a SQLite file that exists.", new FileNotFoundException());
        }

        if (!HasHeader(path))
        {
            throw new DatabaseUnavailableException(NoDatabase(path), new InvalidDataException());
        }

        PollRange.Check(options?.Poll);
        var database = new SqliteDatabase(path, options ?? new SqliteOptions(), (loggers ?? NullLoggerFactory.Instance).CreateLogger<SqliteDatabase>());
        try
        {
            await database.StartAsync(cancellationToken).ConfigureAwait(false);
            return database;
        }
        catch (Exception failure)
        {
            await database.DisposeAsync().ConfigureAwait(false);
            if (failure is not SqliteException e)
            {
                throw;
            }

            throw new DatabaseUnavailableException(e.SqliteErrorCode switch
            {
                raw.SQLITE_NOTADB or raw.SQLITE_CORRUPT => NoDatabase(path),
                raw.SQLITE_READONLY => $"'{path}' or its folder may not be written. Give permission to write, or use --read-only.",
                raw.SQLITE_BUSY or raw.SQLITE_LOCKED => $"'{path}' is locked by another program. Close that program and try again.",
                _ => $"'{path}' cannot be opened. Check that it is a file you may read and write.",
            }, e);
        }
    }

    public ITable? Find(string table) => _catalog.ByName.GetValueOrDefault(table);

    public ITable? FindSystem(string name) => Find("tandem_" + name);

    public async Task ReloadAsync(CancellationToken cancellationToken = default)
    {
        var maps = await Connections.ReadAsync(SqliteSchemaReader.Read, cancellationToken).ConfigureAwait(false);
        SqliteTable[] tables = [.. maps.Select(m => new SqliteTable(this, m.WithSchema(VersionRules.Protect(_options.Refine(m.Schema)), Map)))];
        var before = _catalog.Tables;
        _catalog = new Catalog(tables, tables.ToDictionary(t => t.Schema.Name, StringComparer.Ordinal));
        SchemaVersion += before.Count == 0 || SchemaPrint.Same(before, tables) ? 0 : 1;
    }

    public async ValueTask<RecordCount> EstimateAsync(string table, CancellationToken cancellationToken = default)
    {
        if (Map(table) is not { } map)
        {
            return default;
        }

        // The highest row number costs one step; where there is none, counting is bounded.
        const int Bound = 50_000;
        return await Connections.ReadAsync(
            connection =>
            {
                var bounded = SqliteConnections.Scalar<long>(connection, $"SELECT count(*) FROM (SELECT 1 FROM {map.QuotedName} LIMIT {Bound + 1})");
                if (bounded <= Bound)
                {
                    return new RecordCount(bounded, true);
                }

                try
                {
                    return new RecordCount(Math.Max(bounded, SqliteConnections.Scalar<long>(connection, $"SELECT max(rowid) FROM {map.QuotedName}")), false);
                }
                catch (SqliteException)
                {
                    // Views and tables without row numbers: more than the bound is all that can be told quickly.
                    return new RecordCount(bounded, false);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<Change>> HistoryAsync(string? table, RecordKey? key, int limit, CancellationToken cancellationToken = default) => !_journalExists
        ? []
        : await Connections.ReadAsync(c => SqliteJournal.Newest(c, SchemaOf, table, key, limit), cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<Change>> OperationAsync(string operation, int limit, CancellationToken cancellationToken = default) => !_journalExists
        ? []
        : await Connections.ReadAsync(c => SqliteJournal.OfOperation(c, SchemaOf, operation, limit), cancellationToken).ConfigureAwait(false);

    public Task<string?> ReadSettingAsync(string name, CancellationToken cancellationToken = default) => !_journalExists
        ? Task.FromResult<string?>(null)
        : Connections.ReadAsync(connection => Setting(connection, name), cancellationToken);

    public Task<string> KeepSettingAsync(string name, string value, CancellationToken cancellationToken = default) => IsReadOnly
        ? Task.FromResult(value)
        : Writer.RunAsync(
            scope => ValueTask.FromResult((KeepSetting(scope.Connection, name, value), true)),
            cancellationToken);

    private int _disposed;

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _feed.DisposeAsync().ConfigureAwait(false);
        if (Writer is not null)
        {
            await Writer.DisposeAsync().ConfigureAwait(false);
        }

        await Connections.DisposeAsync().ConfigureAwait(false);
        if (_tidied is { } path)
        {
            await SqliteReadOnly.TidyAsync(path).ConfigureAwait(false);
        }
    }

    internal TableMap? Map(string table) => _catalog.ByName.GetValueOrDefault(table)?.Map;

    internal TableSchema? SchemaOf(string table) => Map(table)?.Schema;

    private static string NoDatabase(string path) => $"'{path}' is not a SQLite database. Name a SQLite file, or a PostgreSQL address that begins with postgresql://.";

    /// <summary>Whether a file is empty, which is an empty database, or begins as databases do. SQLite itself takes any very short file for an empty one and would write over it.</summary>
    private static bool HasHeader(string path)
    {
        Span<byte> start = stackalloc byte[16];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return read == 0 || start[..read].SequenceEqual("SQLite format 3\0"u8);
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var connection = await Connections.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Product = "SQLite " + SqliteConnections.Scalar<string>(connection, "SELECT sqlite_version()");
            // The first read of the file tells whether it is a database at all.
            _ = SqliteConnections.Scalar<long>(connection, "SELECT count(*) FROM sqlite_master");
            if (!IsReadOnly)
            {
                if (SqliteConnections.Scalar<string>(connection, "PRAGMA journal_mode") != "wal")
                {
                    var mode = SqliteConnections.Scalar<string>(connection, "PRAGMA journal_mode = WAL");
                    _notes.Add(mode == "wal" ? "put the file in WAL mode, so that readers and the writer do not wait for each other" : $"could not put the file in WAL mode; it stays in {mode} mode");
                }

                var made = SqliteOwnTables.Ensure(connection);
                if (made.Count > 0)
                {
                    _notes.Add($"made Tandem's own tables: {string.Join(", ", made)}");
                }
            }

            _journalExists = SqliteConnections.Scalar<long>(connection, $"SELECT count(*) FROM sqlite_master WHERE name = '{SqliteOwnTables.Journal}'") > 0;
            Writer = new SqliteWriter(connection, IsReadOnly, _feed.Buffer, _options.Clock, SchemaOf, _feed.Committed, _feed.Lost);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await ReloadAsync(cancellationToken).ConfigureAwait(false);
        _feed.Buffer.Append(SqliteJournal.CursorAt(HasJournal ? SqliteJournal.Last(connection) : 0), []);
        _feed.Start(IsReadOnly ? null : _options.Retention);
    }

    private static string KeepSetting(SqliteConnection connection, string name, string value)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO tandem_settings (name, value) VALUES (@name, @value) ON CONFLICT DO NOTHING";
        command.Parameters.AddWithValue("@name", name);
        command.Parameters.AddWithValue("@value", value);
        command.ExecuteNonQuery();
        return Setting(connection, name) ?? value;
    }

    private static string? Setting(SqliteConnection connection, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT value FROM tandem_settings WHERE name = @name";
        command.Parameters.AddWithValue("@name", name);
        return command.ExecuteScalar() as string;
    }
}
