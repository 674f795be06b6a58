namespace Tandem.Changes;

/// <content>Streams that know their position.</content>
internal sealed partial class FeedBuffer
{
    /// <summary>Changes after a cursor as a stream that knows its position.</summary>
    /// <param name="after">The cursor to go on from, or null for now.</param>
    /// <param name="table">The table, or null for all.</param>
    /// <param name="sync">Brings everything committed so far into this buffer.</param>
    /// <param name="ended">Disposed with the stream.</param>
    public IChangeStream Follow(Cursor? after, string? table, Func<CancellationToken, Task> sync, IDisposable? ended = null)
    {
        lock (_lock)
        {
            return after is null || after.Value == _current
                ? new FeedStream(this, table, sync, ended, _current, _next)
                : new FeedStream(this, table, sync, ended, after.Value, Behind);
        }
    }

    /// <summary>The position of a stream that has yet to read up to the ring.</summary>
    private const long Behind = -1;

    private sealed class FeedStream(FeedBuffer buffer, string? table, Func<CancellationToken, Task> sync, IDisposable? ended, Cursor reached, long position) : IChangeStream
    {
        private readonly List<(long Position, TaskCompletionSource Passed)> _waiters = [];
        private IReadOnlyList<Change> _batch = [];
        private Cursor _reached = reached;
        private long _position = position;
        private bool _needsSync = position == Behind;
        private bool _isWaiting;
        private bool _isDisposed;

        /// <summary>Where reading from the journal ends and the ring is joined again; null while the stream walks along the ring.</summary>
        private (Cursor Target, long JoinAt)? _joining;

        public Cursor Cursor
        {
            get
            {
                lock (buffer._lock)
                {
                    return _reached;
                }
            }
        }

        public async ValueTask<IReadOnlyList<Change>?> NextAsync(long until = long.MaxValue, CancellationToken cancellationToken = default)
        {
            if (_needsSync)
            {
                // A cursor that another node gave may be ahead of what this buffer has.
                await sync(cancellationToken).ConfigureAwait(false);
                _needsSync = false;
            }

            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Step(until, out var wait))
                {
                    return null;
                }

                if (wait is not null)
                {
                    try
                    {
                        await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
                    }
                    finally
                    {
                        _isWaiting = false;
                    }

                    continue;
                }

                var changes = _joining is { } joining ? await MissedAsync(joining.Target, joining.JoinAt, cancellationToken).ConfigureAwait(false) : _batch;
                if (Own(changes) is { Count: > 0 } own)
                {
                    return own;
                }
            }
        }

        public async Task<long> SyncAsync(CancellationToken cancellationToken = default)
        {
            await sync(cancellationToken).ConfigureAwait(false);
            lock (buffer._lock)
            {
                return buffer._next;
            }
        }

        public Task PassedAsync(long position, CancellationToken cancellationToken = default)
        {
            var passed = NewSignal();
            lock (buffer._lock)
            {
                if (_isDisposed)
                {
                    // The reader is gone and comes back for nothing more, as for those who waited when it went.
                    return Task.FromCanceled(new CancellationToken(canceled: true));
                }

                if (_isWaiting && _position >= position)
                {
                    return Task.CompletedTask;
                }

                _waiters.Add((position, passed));
            }

            return passed.Task.WaitAsync(cancellationToken);
        }

        public ValueTask DisposeAsync()
        {
            List<TaskCompletionSource> left;
            lock (buffer._lock)
            {
                _isDisposed = true;
                left = [.. _waiters.Select(w => w.Passed)];
                _waiters.Clear();
            }

            left.ForEach(w => w.TrySetCanceled(CancellationToken.None));
            ended?.Dispose();
            return ValueTask.CompletedTask;
        }

        /// <summary>Takes the next batch of the ring, notes that the ring has moved past, or gives what to wait for.</summary>
        /// <returns>Whether the position asked for is reached.</returns>
        private bool Step(long until, out Task? wait)
        {
            wait = null;
            lock (buffer._lock)
            {
                if (_joining is not null)
                {
                    return false;
                }

                // A reading with a limit is part of what the reader does with what it was given before.
                if (until == long.MaxValue && _position != Behind && _waiters.Count > 0)
                {
                    // Whoever waits goes on elsewhere: its signal runs continuations asynchronously.
                    _waiters.Where(w => w.Position <= _position).ToList().ForEach(w => w.Passed.TrySetResult());
                    _waiters.RemoveAll(w => w.Position <= _position);
                }

                if (_position != Behind && _position >= until)
                {
                    return true;
                }

                if (_position < buffer._first)
                {
                    _joining = (buffer._current, buffer._next);
                }
                else if (_position < buffer._next)
                {
                    var batch = buffer._batches[(int)(_position % buffer._batches.Length)];
                    (_batch, _reached) = (batch.Changes, batch.Cursor);
                    _position++;
                }
                else
                {
                    ObjectDisposedException.ThrowIf(buffer._isComplete, typeof(IChangeStream));
                    _reached = buffer._current;
                    wait = buffer._more.Task;
                    _isWaiting = until == long.MaxValue;
                }

                return false;
            }
        }

        /// <summary>Behind the ring: reads some of the journal; at its end the stream joins the ring again.</summary>
        private async Task<IReadOnlyList<Change>> MissedAsync(Cursor target, long joinAt, CancellationToken cancellationToken)
        {
            var missed = _reached == target ? [] : await buffer._journal.ReadAsync(_reached, target, CatchUpLimit, cancellationToken).ConfigureAwait(false);
            lock (buffer._lock)
            {
                _reached = missed.Count == 0 ? target : missed[^1].Cursor;
                if (_reached == target)
                {
                    (_joining, _position) = (null, joinAt);
                }
            }

            return missed;
        }

        private IReadOnlyList<Change> Own(IReadOnlyList<Change> changes) => table is null ? changes : [.. changes.Where(c => c.Table == table)];
    }
}
