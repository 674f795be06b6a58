using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Relational.Journal;
using Tandem.Relational.Tables;
using Tandem.Relational.Sql;
using Tandem.Relational.Watching;
using Tandem.Schema;

namespace Tandem.Sqlite;

/// <summary>
/// The feed of a SQLite file. This process's writes reach it with their commit. For other programs' writes a poller asks
/// <c>PRAGMA data_version</c>, and when it moved takes in what other Tandem processes journalled, compares what is watched
/// with how it looked last, and journals the differences as another program's: once, since that runs in a write transaction.
/// </summary>
internal sealed partial class SqliteFeed : IChangeFeed, IJournalReader, IAsyncDisposable
{
    /// <summary>A copy read this soon after another program wrote may have come too late to notice; its readers are told to read again.</summary>
    private static readonly TimeSpan s_lateCopy = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_settleWithin = TimeSpan.FromSeconds(3);

    private readonly SqliteDatabase _database;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _poll;
    private readonly WatchList _watches;
    private readonly ReconcilePace _pace;
    private readonly Passes _passes = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _loops = Task.CompletedTask;
    private bool _isGap;
    private DateTimeOffset _othersWroteAt = DateTimeOffset.MinValue;

    public SqliteFeed(SqliteDatabase database, TimeSpan poll, TimeProvider clock, ILogger logger)
    {
        (_database, _poll, _clock, _logger) = (database, poll, clock, logger);
        Buffer = new FeedBuffer(this);
        _watches = new WatchList(database.SchemaOf);
        _pace = new ReconcilePace(clock);
    }

    public FeedBuffer Buffer { get; }

    public Cursor Current => Buffer.Current;

    public string Description => $"other programs' writes to watched records are noticed every {_poll.TotalMilliseconds:0} ms (data_version)";

    /// <summary>Starts the loops.</summary>
    /// <param name="retention">How much of the journal is kept, or null for all.</param>
    public void Start(JournalRetention? retention) => _loops = Task.WhenAll(
        Task.Run(() => PollAsync(_stop.Token)),
        retention is null ? Task.CompletedTask : Task.Run(() => Trimming.RunAsync(_database, retention, _clock, LogTrimFailed, _stop.Token)));

    public IAsyncEnumerable<IReadOnlyList<Change>> ReadAsync(Cursor? after, CancellationToken cancellationToken)
    {
        if (after is { } cursor && (!_database.HasJournal || SqliteJournal.SequenceOf(cursor) > SqliteJournal.SequenceOf(Current)) && cursor != Current)
        {
            throw new CursorExpiredException("This cursor is no longer kept. Read again and follow from there.");
        }

        return Buffer.ReadAsync(after, cancellationToken);
    }

    public IChangeStream Follow(string? table = null, Cursor? after = null) =>
        Buffer.Follow(after, table, SyncAsync, table is null ? null : Watch(table, null));

    public IDisposable Watch(string table, IReadOnlyCollection<RecordKey>? keys) => _watches.Add(table, keys);

    public Task<IReadOnlyList<Change>> MissedAsync(Cursor after, int limit, CancellationToken cancellationToken = default) => after == Current
        ? Task.FromResult<IReadOnlyList<Change>>([])
        : ((IJournalReader)this).ReadAsync(after, Current, limit, cancellationToken);

    public async Task SettledAsync(CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_settleWithin);
        try
        {
            await _passes.NextAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A table this slow to read is followed from its first copy on; what came before is told as a reset.
        }
    }

    /// <summary>What to tell where entries of the journal were trimmed before this process took them in: they may have been of any table.</summary>
    public IReadOnlyList<Change> Lost(Cursor cursor)
    {
        LogLost();
        return [.. _database.Tables.Select(t => t.Schema.Name).Select(t => new Change(cursor, SqliteJournal.SequenceOf(cursor), _clock.GetUtcNow(), Actors.Elsewhere, null, t, new RecordKey(), ChangeKind.Reset, Patch.Empty, Patch.Empty))];
    }

    /// <summary>Hears of changes this process committed, in the writer's turn.</summary>
    public void Committed(IReadOnlyList<Change> changes) => _watches.Apply(changes);

    Task<IReadOnlyList<Change>> IJournalReader.ReadAsync(Cursor after, Cursor upTo, int limit, CancellationToken cancellationToken)
    {
        if (!_database.HasJournal)
        {
            throw new CursorExpiredException("Nothing is kept while the server only reads. Read again and follow from there.");
        }

        return _database.Connections.ReadAsync<IReadOnlyList<Change>>(
            c => SqliteJournal.Range(c, _database.SchemaOf, SqliteJournal.SequenceOf(after), SqliteJournal.SequenceOf(upTo), limit), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task SyncAsync(CancellationToken cancellationToken)
    {
        if (_database.HasJournal)
        {
            // This process's own commits are delivered in the writer's turn, so taking a turn is enough; it takes in what other Tandem processes journalled too.
            await _database.Writer.RunAsync(_ => ValueTask.FromResult((0, false)), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(_poll, _clock);
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await LookAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // The next tick tries again; what was missed is still to be found by then.
                _isGap = true;
                LogPollFailed(e);
            }
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        _passes.Begin();
        var othersWrote = await _database.Writer.LookAsync(cancellationToken).ConfigureAwait(false);
        if (!othersWrote && !_watches.HasUnread)
        {
            _passes.End();
            return;
        }

        if (!_pace.IsDue)
        {
            return;
        }

        if (othersWrote)
        {
            _othersWroteAt = _clock.GetUtcNow();
        }

        using var measured = _pace.Measure();
        await _database.Writer.RunAsync(scope => ReconcileAsync(scope, othersWrote, cancellationToken), cancellationToken).ConfigureAwait(false);
        _passes.End();
    }

    private async ValueTask<(int Found, bool Commit)> ReconcileAsync(SqliteWriter.Scope scope, bool othersWrote, CancellationToken cancellationToken)
    {
        _database.Writer.OthersWrote = false;
        var reader = new Reader(_database, scope.Connection);
        var (found, first, compared) = await Reconciler.RunAsync(_watches, !othersWrote, reader, cancellationToken).ConfigureAwait(false);
        foreach (var change in found)
        {
            scope.Journal(Actors.Elsewhere, null, _database.SchemaOf(change.Table)!, change.Key, change.Kind, change.Before, change.After);
        }

        if (_clock.GetUtcNow() - _othersWroteAt < s_lateCopy)
        {
            foreach (var schema in first.Select(_database.SchemaOf).OfType<TableSchema>())
            {
                scope.Journal(Actors.Elsewhere, null, schema, new RecordKey(), ChangeKind.Reset, Patch.Empty, Patch.Empty);
            }
        }

        if (_isGap)
        {
            _isGap = false;
            LogReconciled(compared.Tables, compared.Records, found.Count, first.Count);
        }
        else if (found.Count > 0)
        {
            LogFound(found.Count, compared.Tables, compared.Records);
        }

        return (found.Count, scope.Changes.Count > 0);
    }

    private sealed class Reader(SqliteDatabase database, SqliteConnection connection) : IWatchReader
    {
        public Task<IReadOnlyList<Record>?> ReadAsync(string table, IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<Record>?>(database.Map(table) is not { } map || map.Schema.IsKeyless
                ? null
                : Read(RelationalTable.ManyOf(keys, map), map, cancellationToken));

        public Task<IReadOnlyList<Record>?> ReadAllAsync(string table, int limit, CancellationToken cancellationToken)
        {
            if (database.Map(table) is not { } map || map.Schema.IsKeyless)
            {
                return Task.FromResult<IReadOnlyList<Record>?>(null);
            }

            var sql = new SqlText().Append($"SELECT {map.SelectList("", digest: false)} FROM {map.QuotedName} LIMIT {limit + 1}");
            var records = Read(sql, map, cancellationToken);
            return Task.FromResult<IReadOnlyList<Record>?>(records is null || records.Count > limit ? null : records);
        }

        private List<Record>? Read(SqlText sql, TableMap map, CancellationToken cancellationToken)
        {
            try
            {
                return SqliteTable.Read(connection, sql, map, cancellationToken);
            }
            catch (SqliteException e) when (SqliteErrors.IsSchemaChange(e))
            {
                // One watched table was dropped or altered; the others are still looked after.
                return null;
            }
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Looking for other programs' writes failed; it is tried again.")]
    private partial void LogPollFailed(Exception cause);

    [LoggerMessage(5, LogLevel.Information, "Reconciled after a gap: {Tables} tables, {Records} records compared, {Found} differences found; {Resets} tables could not be compared and are read again.")]
    private partial void LogReconciled(int tables, int records, int found, int resets);

    [LoggerMessage(4, LogLevel.Warning, "Removing old entries of the journal failed; it is tried again in an hour.")]
    private partial void LogTrimFailed(Exception cause);

    [LoggerMessage(3, LogLevel.Information, "Entries of the journal were trimmed before they were read here; every table is read again.")]
    private partial void LogLost();

    [LoggerMessage(2, LogLevel.Debug, "Found {Count} changes by other programs, comparing {Records} records of {Tables} tables.")]
    private partial void LogFound(int count, int tables, int records);
}
