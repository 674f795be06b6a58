using Tandem.Changes;
using Tandem.Live.Caching;
using Tandem.Live.Queueing;
using Tandem.Live.Views;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Live;

/// <summary>
/// A table in front of another, its source, with a cache that follows the source's changes. Reads come from memory,
/// writes go through. It is itself a table, so it takes the source's place anywhere. Safe from any thread.
/// </summary>
/// <remarks>
/// One pump reads the source's changes and applies each to the confirmed records before any subscriber of this table hears of
/// it: who reads in answer to a change never sees the record as it was before. What this table's own writes stored lies over the
/// confirmed records until the changes have reached it, so that a writer sees what he wrote and nobody's reads go back.
/// </remarks>
public sealed partial class LiveTable : ITable, IJournalReader, ITakesWrites, IAsyncDisposable
{
    private readonly ITable _source;
    private readonly LiveTableOptions _options;
    private readonly Holding _holding;
    private readonly FullHolding? _full;
    private readonly BoundedHolding? _bounded;
    private readonly Overlay _overlay;
    private readonly Routes _routes;
    private readonly FeedBuffer _buffer;
    private readonly CancellationTokenSource _stop = new();
    private WriteQueue? _queue;
    private Task _pump = Task.CompletedTask;
    private int _disposed;

    private LiveTable(ITable source, LiveTableOptions options)
    {
        (_source, _options) = (source, options);
        _buffer = new FeedBuffer(this);
        _overlay = new Overlay(source.Schema, options.Clock);
        _routes = new Routes(source.Schema, Pin);
        if (options.Mode == LiveTableMode.Full)
        {
            _holding = _full = new FullHolding(source.Schema);
        }
        else
        {
            _holding = _bounded = new BoundedHolding(source.Schema, options.MaxEntries, options.MaxBytes, options.TimeToLive, options.Clock);
        }
    }

    /// <summary>After a gap in the source's changes, the records held were compared with the source. Called outside locks; must not throw.</summary>
    public event Action<Reconciliation>? Reconciled;

    /// <summary>Following the source failed and is tried again, a queued write cannot be sent yet, or the store beyond the process failed. Called outside locks; must not throw.</summary>
    public event Action<Exception>? Faulted;

    public TableSchema Schema => _source.Schema;

    /// <summary>The table this one stands in front of.</summary>
    public ITable Source => _source;

    /// <summary>How many records are held in memory.</summary>
    public int Count => _full is null || _overlay.IsEmpty ? _holding.Count : Records().Count();

    /// <summary>About how many bytes a bounded table's records take; zero in full mode, where they are not counted.</summary>
    public long Bytes => _bounded?.Bytes ?? 0;

    internal LiveTableOptions Options => _options;

    /// <summary>Puts a live table in front of a source. In full mode every record is there before this returns.</summary>
    /// <param name="source">The source.</param>
    /// <param name="options">Null for the defaults. Not to be changed afterwards.</param>
    /// <param name="cancellationToken">Ends the loading.</param>
    /// <exception cref="ArgumentException">Options contradict each other; all that is wrong is said at once.</exception>
    public static async Task<LiveTable> OpenAsync(ITable source, LiveTableOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new LiveTableOptions();
        options.Check();
        var table = new LiveTable(source, options);
        try
        {
            var stream = await table.StartAsync(cancellationToken).ConfigureAwait(false);
            // Who follows before the first change stands where the records do.
            table._buffer.Append(stream.Cursor, []);
            table._published = stream.Cursor;
            table._pump = Task.Run(() => table.PumpAsync(stream), CancellationToken.None);
            if (options.WriteBehind is { } writeBehind)
            {
                table._queue = await WriteQueue.OpenAsync(source, table._overlay, table.Shown, table.TakeIn, table.Fault, table.PassAsync, writeBehind, options.Clock, cancellationToken).ConfigureAwait(false);
            }

            return table;
        }
        catch
        {
            await table.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Writes one record. With a queue (<see cref="LiveTableOptions.WriteBehind"/>) it is visible here at once, and this returns when the source has stored or refused it.</summary>
    public async Task<WriteResult> WriteAsync(Write write, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed == 1, this);
        if (_queue is not null)
        {
            var queued = await QueueAsync(write, cancellationToken).ConfigureAwait(false);
            return await queued.Outcome.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        var result = await _source.WriteAsync(write, cancellationToken).ConfigureAwait(false);
        TakeIn(write, result);
        return result;
    }

    /// <summary>Queues a write and returns once it is kept: on disk where <see cref="WriteBehindOptions.Path"/> names a place, else in memory. It is visible here at once and sent in the background.</summary>
    /// <exception cref="InvalidOperationException">The table was opened without <see cref="LiveTableOptions.WriteBehind"/>.</exception>
    public async Task<QueuedWrite> QueueAsync(Write write, CancellationToken cancellationToken = default)
    {
        var queue = _queue ?? throw new InvalidOperationException($"This table was opened without {nameof(LiveTableOptions.WriteBehind)}, so it queues nothing. Set it, or use {nameof(WriteAsync)}.");
        if (_bounded is not null && write is not Write.Insert)
        {
            await HoldAsync(write is Write.Update update ? update.Key : ((Write.Delete)write).Key, cancellationToken).ConfigureAwait(false);
        }

        return await queue.AddAsync(write, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the record a queued write is to lie over, so that its watchers can be told of it alone. While the source is away the queue works all the same.</summary>
    private async Task HoldAsync(RecordKey key, CancellationToken cancellationToken)
    {
        try
        {
            _ = await GetAsync(key, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Fault(e);
        }
    }

    public async Task<BatchResult> WriteAllAsync(IReadOnlyList<Write> writes, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed == 1, this);
        if (_queue is not null)
        {
            // A batch that overtook the queue could be based on what the queue has yet to store.
            await _queue.DrainAsync(cancellationToken).ConfigureAwait(false);
        }

        var result = await _source.WriteAllAsync(writes, cancellationToken).ConfigureAwait(false);
        if (result.IsCommitted)
        {
            for (var i = 0; i < writes.Count; i++)
            {
                TakeIn(writes[i], result.Results[i]);
            }
        }

        return result;
    }

    public IAsyncEnumerable<IReadOnlyList<Record>> ScanAsync(IReadOnlyList<string>? fields = null, CancellationToken cancellationToken = default) =>
        _source.ScanAsync(fields, cancellationToken);

    public Task<IReadOnlyList<Change>> HistoryAsync(RecordKey key, int limit = 100, CancellationToken cancellationToken = default) =>
        _source.HistoryAsync(key, limit, cancellationToken);

    /// <summary>The table's changes, each heard after the cache has taken it in; with a cursor to go on from, the source's own, which may be ahead of the cache.</summary>
    public IChangeStream Follow(Cursor? after = null) => after is null ? _buffer.Follow(null, null, PassAsync) : _source.Follow(after);

    /// <summary>The table's changes, each heard after the cache has taken it in; with a cursor to go on from, the source's own, which may be ahead of the cache.</summary>
    public IAsyncEnumerable<IReadOnlyList<Change>> ChangesAsync(Cursor? after = null, CancellationToken cancellationToken = default) =>
        after is null ? _buffer.ReadAsync(null, cancellationToken) : _source.ChangesAsync(after, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        if (_queue is not null)
        {
            await _queue.DisposeAsync().ConfigureAwait(false);
        }

        await _pump.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_stream is { } stream)
        {
            // An opening that failed had no pump to end it.
            await stream.DisposeAsync().ConfigureAwait(false);
        }

        await CloseStoreAsync().ConfigureAwait(false);
        _routes.Close();
        _buffer.Complete();
        _bounded?.Dispose();
        _stop.Dispose();
    }

    void ITakesWrites.TakeIn(WriteResult.Written written) => TakeIn(written);

    Task ITakesWrites.DrainAsync(CancellationToken cancellationToken) => _queue?.DrainAsync(cancellationToken) ?? Task.CompletedTask;

    Task<IReadOnlyList<Change>> IJournalReader.ReadAsync(Cursor after, Cursor upTo, int limit, CancellationToken cancellationToken) =>
        // A subscriber this far behind is told to look again rather than led through all it missed.
        Task.FromResult<IReadOnlyList<Change>>([Reset(upTo)]);

    private void TakeIn(Write write, WriteResult result)
    {
        if (result is WriteResult.Written written)
        {
            TakeIn(written);
        }
        else if (result is WriteResult.Missing && write is Write.Update or Write.Delete)
        {
            _bounded?.Forget(write is Write.Update update ? update.Key : ((Write.Delete)write).Key);
        }
    }

    private void TakeIn(WriteResult.Written written)
    {
        if (written is { IsRepeated: true, Change: { } done })
        {
            // Others may have written since, so what was read now is newer than that write: it is shown until the changes have passed.
            if (_overlay.StoreAhead(done.Key, done.Kind == ChangeKind.Delete ? null : written.Stored, done.Sequence) is { } stored)
            {
                _ = Task.Run(() => LiftAsync(done.Key, stored), CancellationToken.None);
            }
        }
        else if (written.Change is { } change)
        {
            _overlay.Store(written.Stored.Key, change.Kind == ChangeKind.Delete ? null : written.Stored, change.Sequence);
        }
    }

    private async Task LiftAsync(RecordKey key, Overlay.Stored stored)
    {
        for (var pause = s_shortestBackoff; !_stop.IsCancellationRequested; pause = pause * 2 < s_longestBackoff ? pause * 2 : s_longestBackoff)
        {
            try
            {
                await PassAsync(_stop.Token).ConfigureAwait(false);
                _overlay.Lift(key, stored);
                return;
            }
            catch (Exception e)
            {
                Fault(e);
                await Task.Delay(pause, _options.Clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Fault(Exception e)
    {
        if (!_stop.IsCancellationRequested)
        {
            Faulted?.Invoke(e);
        }
    }
}
