using Microsoft.Extensions.Logging;
using Npgsql;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Relational.Journal;
using Tandem.Relational.Watching;

namespace Tandem.PostgreSql;

/// <summary>
/// The feed of a PostgreSQL database: one loop reads the journal's tail whenever something was heard, and at least every
/// so often. What wakes it: this node's own writes, the listener (replication, or triggers that notify), the clock. Where neither is
/// allowed, the same loop compares what is watched with how it looked last.
/// </summary>
internal sealed partial class PgFeed : IChangeFeed, IJournalReader, IAsyncDisposable
{
    private const int RestPerRead = 2;
    private static readonly TimeSpan s_longestRest = TimeSpan.FromMilliseconds(3);
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
    private volatile Hearing _hearing = Hearing.Polling;
    private string? _whyNot;
    private volatile string? _whyBroken;
    private readonly List<Found> _untold = [];
    private long _unkept;
    private bool _pollFailed;

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

    public string Description => _hearing switch
    {
        Hearing.Replication => "other programs' writes are heard at once (logical replication)",
        Hearing.Notify => $"other programs' writes are heard at once (triggers that notify, {_whyNot})",
        _ => $"other programs' writes to watched records are noticed every {_options.Poll.TotalMilliseconds:0} ms (polling, {_whyBroken ?? _whyNot})",
    };

    /// <summary>Starts the loops; returns once the feed stands.</summary>
    /// <param name="hearing">How other programs' writes are to be heard.</param>
    /// <param name="whyNot">Why not in a better way, or null for the best.</param>
    /// <param name="cancellationToken">Ends the wait for the feed to stand.</param>
    public async Task StartAsync(Hearing hearing, string? whyNot, CancellationToken cancellationToken)
    {
        _whyNot = whyNot;
        _buffer.Append(_database.HasJournal ? await _journal.NowAsync(cancellationToken).ConfigureAwait(false) : new Cursor("0"), []);
        if (hearing != Hearing.Polling)
        {
            var standing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _loops.Add(Task.Run(() => HearAsync(hearing, standing, _stop.Token), CancellationToken.None));
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
        if (_hearing != Hearing.Replication)
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
        if (_hearing == Hearing.Polling)
        {
            Wake();
        }

        return watch;
    }

    public IChangeStream Follow(string? table = null, Cursor? after = null) =>
        _buffer.Follow(after, table, ReadTailAsync, table is null ? null : Watch(table, null));

    public async Task SettledAsync(CancellationToken cancellationToken = default)
    {
        if (_hearing != Hearing.Polling)
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
        _reconciling.Dispose();
    }

    private async Task TailAsync(CancellationToken cancellationToken)
    {
        var backoff = TimeSpan.FromMilliseconds(100);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await _wake.WaitAsync(_hearing == Hearing.Replication ? s_quietTail : _options.Poll, cancellationToken).ConfigureAwait(false);
                var startedAt = _options.Clock.GetTimestamp();
                if (await ReadTailOnceAsync(cancellationToken).ConfigureAwait(false))
                {
                    // Under many saves one reading brings several; a save alone was delivered just now, before this rest.
                    var rest = _options.Clock.GetElapsedTime(startedAt) * RestPerRead;
                    await Task.Delay(rest < s_longestRest ? rest : s_longestRest, _options.Clock, cancellationToken).ConfigureAwait(false);
                }

                if (_hearing == Hearing.Polling && _pace.IsDue)
                {
                    _passes.Begin();
                    using (_pace.Measure())
                    {
                        await ReconcileAsync(_pollFailed, cancellationToken).ConfigureAwait(false);
                        _pollFailed = false;
                    }

                    _passes.End();
                }

                backoff = TimeSpan.FromMilliseconds(100);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // Whatever it was, a feed that stops listening would be worse: it is said and tried again.
                _pollFailed = true;
                LogTailFailed(backoff.TotalSeconds, e);
                await Task.Delay(backoff, _options.Clock, cancellationToken).ConfigureAwait(false);
                backoff = Longer(backoff);
            }
        }
    }

    private Task ReadTailAsync(CancellationToken cancellationToken) => ReadTailOnceAsync(cancellationToken);

    /// <returns>Whether it brought anything.</returns>
    private async Task<bool> ReadTailOnceAsync(CancellationToken cancellationToken)
    {
        if (!_database.HasJournal)
        {
            return false;
        }

        await _tailing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var (now, changes, isGap) = await _journal.TailAsync(Current, cancellationToken).ConfigureAwait(false);
            Take(now, changes, isGap);
            return changes.Count > 0;
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
            // Entries were trimmed before this node read them. They may have been of any table.
            LogLost();
            changes = [.. Resets(now, _database.Tables.Select(t => t.Schema.Name)), .. changes];
        }

        _watches.Apply(changes);
        _buffer.Append(now, changes);
    }

    /// <summary>Says that tables are to be read again. It concerns this node alone, so it is not journalled.</summary>
    private IEnumerable<Change> Resets(Cursor at, IEnumerable<string> tables) =>
        tables.Select(t => new Change(at, 0, _options.Clock.GetUtcNow(), Actors.Elsewhere, null, t, new RecordKey(), ChangeKind.Reset, Patch.Empty, Patch.Empty));

    private static TimeSpan Longer(TimeSpan backoff) => backoff * 2 < s_longestBackoff ? backoff * 2 : s_longestBackoff;

    [LoggerMessage(1, LogLevel.Warning, "Reading the journal failed; trying again in {Seconds} s.")]
    private partial void LogTailFailed(double seconds, Exception cause);

    [LoggerMessage(6, LogLevel.Warning, "Removing old entries of the journal failed; it is tried again in an hour.")]
    private partial void LogTrimFailed(Exception cause);

    [LoggerMessage(4, LogLevel.Debug, "Found {Count} changes by other programs.")]
    private partial void LogFound(int count);
}
