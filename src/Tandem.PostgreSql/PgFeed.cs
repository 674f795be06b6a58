using Microsoft.Extensions.Logging;
using Npgsql;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Relational.Journal;
using Tandem.Relational.Watching;

namespace Tandem.PostgreSql;

/// <summary>
/// The feed of a PostgreSQL database: one loop reads the journal's tail whenever something was heard, and at least every
/// so often. What wakes it: this node's own writes, the replication listener, the clock. Where replication is not
/// allowed, the same loop compares what is watched with how it looked last.
/// </summary>
internal sealed partial class PgFeed : IChangeFeed, IJournalReader, IAsyncDisposable
{
    private static readonly TimeSpan s_quietTail = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_settleWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_endWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_longestBackoff = TimeSpan.FromSeconds(10);

    private readonly PgDatabase _database;
    private readonly PgOptions _options;
    private readonly ILogger _logger;
    private readonly PgJournal _journal;
    private readonly PgElsewhere _elsewhere;
    private readonly FeedBuffer _buffer;
    private readonly WatchList _watches;
    private readonly ReconcilePace _pace;
    private readonly Passes _passes = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly SemaphoreSlim _tailing = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];
    private volatile bool _isReplicating;
    private string? _whyPolling;
    private readonly List<Found> _untold = [];
    private long _unkept;

    public PgFeed(PgDatabase database, PgOptions options, ILogger logger)
    {
        (_database, _options, _logger) = (database, options, logger);
        _journal = new PgJournal(database);
        _elsewhere = new PgElsewhere(database);
        _buffer = new FeedBuffer(this);
        _watches = new WatchList(database.SchemaOf);
        _pace = new ReconcilePace(options.Clock);
    }

    public PgJournal Journal => _journal;

    public Cursor Current => _buffer.Current;

    public string Description => _isReplicating
        ? "other programs' writes are heard at once (logical replication)"
        : $"other programs' writes to watched records are noticed every {_options.Poll.TotalMilliseconds:0} ms ({_whyPolling ?? "polling"})";

    /// <summary>Starts the loops; returns once the feed stands.</summary>
    /// <param name="whyPolling">Why replication is not used, or null to use it.</param>
    /// <param name="cancellationToken">Ends the wait for the feed to stand.</param>
    public async Task StartAsync(string? whyPolling, CancellationToken cancellationToken)
    {
        _whyPolling = whyPolling;
        _buffer.Append(_database.HasJournal ? await _journal.NowAsync(cancellationToken).ConfigureAwait(false) : new Cursor("0"), []);
        if (whyPolling is null)
        {
            var standing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _loops.Add(Task.Run(() => ReplicateAsync(standing, _stop.Token), CancellationToken.None));
            await standing.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        _loops.Add(Task.Run(() => TailAsync(_stop.Token), CancellationToken.None));
        if (_options.Retention is { } retention && _database.HasJournal)
        {
            _loops.Add(Task.Run(() => Trimming.RunAsync(_database, retention, _options.Clock, LogTrimFailed, _stop.Token), CancellationToken.None));
        }
    }

    /// <summary>Hears that this node wrote. Where replication brings the news anyway, one reading of the tail is enough.</summary>
    public void WroteHere()
    {
        if (!_isReplicating)
        {
            Wake();
        }
    }

    /// <summary>Says that there may be something new in the journal. Never waits.</summary>
    public void Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0)
            {
                _wake.Release();
            }
        }
        catch (SemaphoreFullException)
        {
            // Somebody else woke it between the look and the release: it is awake, which is all that was wanted.
        }
    }

    public IDisposable Watch(string table, IReadOnlyCollection<RecordKey>? keys)
    {
        var watch = _watches.Add(table, keys);
        if (!_isReplicating)
        {
            Wake();
        }

        return watch;
    }

    public IChangeStream Follow(string? table = null) =>
        _buffer.Follow(table, ReadTailAsync, table is null ? null : Watch(table, null));

    public async Task SettledAsync(CancellationToken cancellationToken = default)
    {
        if (_isReplicating)
        {
            return;
        }

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

    Task<IReadOnlyList<Change>> IJournalReader.ReadAsync(Cursor after, Cursor upTo, int limit, CancellationToken cancellationToken) => _database.HasJournal
        ? _journal.RangeAsync(after, upTo, limit, cancellationToken)
        : throw new CursorExpiredException("Nothing is kept while the server only reads. Read again and follow from there.");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_loops).WaitAsync(s_endWithin, _options.Clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _wake.Dispose();
        _tailing.Dispose();
    }

    private async Task TailAsync(CancellationToken cancellationToken)
    {
        var backoff = TimeSpan.FromMilliseconds(100);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await _wake.WaitAsync(_isReplicating ? s_quietTail : _options.Poll, cancellationToken).ConfigureAwait(false);
                await ReadTailAsync(cancellationToken).ConfigureAwait(false);
                if (!_isReplicating && _pace.IsDue)
                {
                    _passes.Begin();
                    using (_pace.Measure())
                    {
                        await ReconcileAsync(cancellationToken).ConfigureAwait(false);
                    }

                    _passes.End();
                }

                backoff = TimeSpan.FromMilliseconds(100);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // Whatever it was, a feed that stops listening would be worse: it is said and tried again.
                LogTailFailed(backoff.TotalSeconds, e);
                await Task.Delay(backoff, _options.Clock, cancellationToken).ConfigureAwait(false);
                backoff = Longer(backoff);
            }
        }
    }

    private async Task ReadTailAsync(CancellationToken cancellationToken)
    {
        if (!_database.HasJournal)
        {
            return;
        }

        await _tailing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var (now, changes, isGap) = await _journal.TailAsync(Current, cancellationToken).ConfigureAwait(false);
            Take(now, changes, isGap);
        }
        finally
        {
            _tailing.Release();
        }
    }

    /// <summary>Takes in what the tail brought. Called by whoever reads it, one at a time.</summary>
    private void Take(Cursor now, List<Change> changes, bool isGap)
    {
        if (isGap)
        {
            // Entries were trimmed before this node read them: what it cannot tell it says, to those who watch.
            LogLost();
            changes = [.. Resets(now, _watches.Tables), .. changes];
        }

        _watches.Apply(changes);
        _buffer.Append(now, changes);
    }

    /// <summary>Says that tables are to be read again. It concerns this node alone, so it is not journalled.</summary>
    private IEnumerable<Change> Resets(Cursor at, IEnumerable<string> tables) =>
        tables.Select(t => new Change(at, 0, _options.Clock.GetUtcNow(), Actors.Elsewhere, null, t, new RecordKey(), ChangeKind.Reset, Patch.Empty, Patch.Empty));

    private async Task ReplicateAsync(TaskCompletionSource standing, CancellationToken cancellationToken)
    {
        var backoff = TimeSpan.FromMilliseconds(100);
        var isFirst = true;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var listener = new PgReplication(_database, Wake, _elsewhere.WriteAsync);
                await listener.RunAsync(
                    async token =>
                    {
                        _isReplicating = true;
                        backoff = TimeSpan.FromMilliseconds(100);
                        if (!isFirst)
                        {
                            await ResetWatchedAsync(token).ConfigureAwait(false);
                        }

                        isFirst = false;
                        standing.TrySetResult();
                    },
                    cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                _isReplicating = false;
                _whyPolling = "replication is interrupted";
                standing.TrySetResult();
                LogReplicationBroke(backoff.TotalSeconds, e);
                await Task.Delay(backoff, _options.Clock, cancellationToken).ConfigureAwait(false);
                backoff = Longer(backoff);
            }
        }
    }

    /// <summary>After a break nobody knows what was written meanwhile: whoever shows a table reads it again.</summary>
    private async Task ResetWatchedAsync(CancellationToken cancellationToken)
    {
        var tables = _watches.Snapshot(onlyUnread: false).Select(w => w.Table).ToList();
        LogGap(tables.Count);
        await _elsewhere.WriteAsync(
            [.. tables.Select(t => new ElsewhereChange(new Found(t, new RecordKey(), ChangeKind.Reset, Patch.Empty, Patch.Empty), Actors.Elsewhere, null, _options.Clock.GetUtcNow(), null))],
            cancellationToken).ConfigureAwait(false);
        Wake();
    }

    private static TimeSpan Longer(TimeSpan backoff) => backoff * 2 < s_longestBackoff ? backoff * 2 : s_longestBackoff;

    [LoggerMessage(1, LogLevel.Warning, "Reading the journal failed; trying again in {Seconds} s.")]
    private partial void LogTailFailed(double seconds, Exception cause);

    [LoggerMessage(2, LogLevel.Warning, "Replication broke; polling meanwhile, and listening again in {Seconds} s.")]
    private partial void LogReplicationBroke(double seconds, Exception cause);

    [LoggerMessage(3, LogLevel.Information, "Replication stands again after a gap; {Count} watched tables are read again.")]
    private partial void LogGap(int count);

    [LoggerMessage(6, LogLevel.Warning, "Removing old entries of the journal failed; it is tried again in an hour.")]
    private partial void LogTrimFailed(Exception cause);

    [LoggerMessage(5, LogLevel.Information, "Entries of the journal were trimmed before they were read here; watched tables are read again.")]
    private partial void LogLost();

    [LoggerMessage(4, LogLevel.Debug, "Found {Count} changes by other programs.")]
    private partial void LogFound(int count);
}
