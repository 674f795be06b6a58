using Tandem.Live.Caching;
using Tandem.Live.Disk;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Live.Queueing;

/// <summary>
/// Writes that wait for the source. Each is kept (on disk, where a path is given) before it counts as queued, lies over the
/// record from then on, and is sent in its turn under its own id, so that sending it again after a crash or a lost connection
/// does it once. One sender at a time; what the source refuses is taken back alone.
/// </summary>
internal sealed partial class WriteQueue : IAsyncDisposable
{
    private const long RewriteAt = 1 << 20;
    private static readonly TimeSpan s_shortestBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longestBackoff = TimeSpan.FromSeconds(10);
    private readonly ITable _source;
    private readonly Overlay _overlay;
    private readonly Action<RecordKey> _shown;
    private readonly Action<WriteResult.Written> _takenIn;
    private readonly Action<Exception> _faulted;
    private readonly Func<CancellationToken, Task> _passed;
    private readonly WriteBehindOptions _options;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _room;
    private readonly SemaphoreSlim _disk = new(1, 1);
    private readonly SemaphoreSlim _work = new(0);
    private readonly Lock _lock = new();
    private readonly LinkedList<Waiting> _waiting = new();
    private readonly CancellationTokenSource _stop = new();
    private long _rewriteAt = RewriteAt;
    private LogFile? _file;
    private Task _sender = Task.CompletedTask;

    private WriteQueue(ITable source, Overlay overlay, Action<RecordKey> shown, Action<WriteResult.Written> takenIn, Action<Exception> faulted, Func<CancellationToken, Task> passed, WriteBehindOptions options, TimeProvider clock)
    {
        (_source, _overlay, _shown, _takenIn, _faulted, _passed, _options, _clock) = (source, overlay, shown, takenIn, faulted, passed, options, clock);
        _room = new SemaphoreSlim(options.MaxQueued, options.MaxQueued);
    }

    private sealed record Waiting(Write Write, RecordKey? Key, bool HasRoom, TaskCompletionSource<WriteResult> Outcome);

    /// <summary>Opens the queue and takes up what a process before left unsent.</summary>
    public static async Task<WriteQueue> OpenAsync(
        ITable source, Overlay overlay, Action<RecordKey> shown, Action<WriteResult.Written> takenIn, Action<Exception> faulted, Func<CancellationToken, Task> passed, WriteBehindOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        var queue = new WriteQueue(source, overlay, shown, takenIn, faulted, passed, options, clock);
        if (options.Path is { } path)
        {
            Dictionary<Guid, Write> left = [];
            List<Guid> order = [];
            queue._file = LogFile.Open(path, entry =>
            {
                var (added, done) = WriteCodec.Read(entry);
                if (added is not null)
                {
                    left[added.Id!.Value] = added;
                    order.Add(added.Id.Value);
                }

                foreach (var id in done)
                {
                    left.Remove(id);
                }
            });
            foreach (var id in order.Where(left.ContainsKey).Distinct())
            {
                // A power cut may leave more than there is room for, since it forgets what was settled last; that is taken up all the same.
                queue.Enqueue(left[id], await queue._room.WaitAsync(TimeSpan.Zero, cancellationToken).ConfigureAwait(false));
            }
        }

        queue._sender = Task.Run(queue.SendAsync, CancellationToken.None);
        return queue;
    }

    public async Task<QueuedWrite> AddAsync(Write write, CancellationToken cancellationToken)
    {
        if (BatchPlan.Used(write).Any())
        {
            throw new ArgumentException("A queued write cannot refer to a new record that is not stored yet. Await that one's outcome first, or save both in a unit of work.", nameof(write));
        }

        write = write.Id is null ? write with { Id = Guid.CreateVersion7() } : write;
        await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_file is not null)
            {
                await _disk.WaitAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    await _file.AppendAsync(WriteCodec.Added(write), toDisk: true, cancellationToken).ConfigureAwait(false);
                    // In the order they were kept, so that a crash brings the same order back.
                    return Enqueue(write);
                }
                finally
                {
                    _disk.Release();
                }
            }

            return Enqueue(write);
        }
        catch
        {
            _room.Release();
            throw;
        }
    }

    /// <summary>Waits until everything queued before this call has its outcome.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        Task? last;
        lock (_lock)
        {
            last = _waiting.Last?.Value.Outcome.Task;
        }

        if (last is not null)
        {
            // Whatever became of it is told to whoever queued it.
            await Task.WhenAny(last).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _sender.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        List<Waiting> left;
        lock (_lock)
        {
            left = [.. _waiting];
        }

        foreach (var waiting in left)
        {
            waiting.Outcome.TrySetException(new ObjectDisposedException(nameof(LiveTable), _file is null
                ? $"The table was closed before the outcome of this write was known. Send it again under the same id, {waiting.Write.Id}; then it is done once."
                : "The table was closed before the outcome of this write was known. It is kept, and sent again under the same id after the next opening."));
        }

        _file?.Dispose();
        _room.Dispose();
        _disk.Dispose();
        _work.Dispose();
        _stop.Dispose();
    }

    private QueuedWrite Enqueue(Write write, bool hasRoom = true)
    {
        var key = write switch
        {
            Write.Update update => update.Key,
            Write.Delete delete => delete.Key,
            Write.Insert insert => NewKey(insert),
            _ => null,
        };
        var waiting = new Waiting(write, key, hasRoom, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_lock)
        {
            // Laid over its record before it can be sent, so that what takes it away finds it there.
            if (key is not null)
            {
                _overlay.Add(key, new Unsettled(write.Id!.Value, write));
            }

            _waiting.AddLast(waiting);
        }

        if (key is not null)
        {
            _shown(key);
        }

        _work.Release();
        return new QueuedWrite(write.Id!.Value, waiting.Outcome.Task);
    }

    /// <summary>A new record is visible before it is stored where its key is known by then.</summary>
    private RecordKey? NewKey(Write.Insert insert) => _source.Schema.Key.All(k => insert.Values.TryGetValue(k, out var value) && value is not null)
        ? new RecordKey([.. _source.Schema.Key.Select(k => insert.Values[k])])
        : insert.Temporary is { } temporary && _source.Schema.Key.Count == 1 ? new RecordKey(temporary) : null;
}
