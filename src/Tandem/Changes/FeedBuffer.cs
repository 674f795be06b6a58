using System.Runtime.CompilerServices;

namespace Tandem.Changes;

/// <summary>The durable list a feed is filled from.</summary>
internal interface IJournalReader
{
    /// <summary>Changes after one cursor up to and including another, oldest first.</summary>
    /// <exception cref="CursorExpiredException">The first cursor is not one the journal can go on from.</exception>
    Task<IReadOnlyList<Change>> ReadAsync(Cursor after, Cursor upTo, int limit, CancellationToken cancellationToken);
}

/// <summary>
/// Hands one stream of changes to any number of readers. One writer appends what it read from the journal; each reader
/// walks at its own pace along a short ring of recent batches, and goes back to the journal when the ring has moved past
/// it. So there is no queue per reader to grow, a slow reader delays nobody, and nothing is read from the source twice
/// for readers that keep up.
/// </summary>
/// <remarks>
/// Invariants: batches are numbered without gaps; <c>_batches</c> holds numbers <c>_first</c> to <c>_next - 1</c>, each at its number modulo the ring's size; the cursor of
/// a batch is where a reader stands after it; state changes under the lock and readers are woken outside it.
/// </remarks>
internal sealed partial class FeedBuffer(IJournalReader journal, int capacity = 256)
{
    private readonly IJournalReader _journal = journal;
    private const int CatchUpLimit = 500;
    private readonly Lock _lock = new();
    private readonly Batch[] _batches = new Batch[capacity];
    private TaskCompletionSource _more = NewSignal();
    private Cursor _current;
    private bool _isComplete;
    private long _first;
    private long _next;

    private sealed record Batch(Cursor Cursor, IReadOnlyList<Change> Changes);

    public Cursor Current
    {
        get
        {
            lock (_lock)
            {
                return _current;
            }
        }
    }

    /// <summary>Appends what was committed since <see cref="Current"/>; an empty batch moves the cursor alone.</summary>
    public void Append(Cursor cursor, IReadOnlyList<Change> changes)
    {
        TaskCompletionSource? wake = null;
        lock (_lock)
        {
            _current = cursor;
            if (changes.Count > 0)
            {
                _batches[(int)(_next % capacity)] = new Batch(cursor, changes);
                _next++;
                _first = Math.Max(_first, _next - capacity);

                (wake, _more) = (_more, NewSignal());
            }
        }

        wake?.TrySetResult();
    }

    /// <summary>Nothing more is appended: readers get what there is, and then their streams end.</summary>
    public void Complete()
    {
        TaskCompletionSource wake;
        lock (_lock)
        {
            _isComplete = true;
            wake = _more;
        }

        wake.TrySetResult();
    }

    public IAsyncEnumerable<IReadOnlyList<Change>> ReadAsync(Cursor? after, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // The position is taken at the call, before the first item is asked for.
            return after is null || after.Value == _current
                ? Walk(_current, _next, cancellationToken)
                : Walk(after.Value, -1, cancellationToken);
        }
    }

    private async IAsyncEnumerable<IReadOnlyList<Change>> Walk(Cursor behind, long position, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reached = behind;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (position < 0)
            {
                // Behind the ring: read from the journal up to where the ring ends now, then join it there.
                Cursor target;
                long joinAt;
                lock (_lock)
                {
                    (target, joinAt) = (_current, _next);
                }

                while (reached != target)
                {
                    var missed = await _journal.ReadAsync(reached, target, CatchUpLimit, cancellationToken).ConfigureAwait(false);
                    if (missed.Count == 0)
                    {
                        break;
                    }

                    reached = missed[^1].Cursor;
                    yield return missed;
                }

                position = joinAt;
                reached = target;
            }

            Batch? batch = null;
            Task? wait = null;
            lock (_lock)
            {
                if (position < _first)
                {
                    position = -1;
                }
                else if (position < _next)
                {
                    batch = _batches[(int)(position % capacity)];
                    position++;
                }
                else if (_isComplete)
                {
                    yield break;
                }
                else
                {
                    reached = _current;
                    wait = _more.Task;
                }
            }

            if (batch is not null)
            {
                reached = batch.Cursor;
                yield return batch.Changes;
            }
            else if (wait is not null)
            {
                await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
