namespace Tandem.Changes;

/// <content>Streams that know their position.</content>
internal sealed partial class FeedBuffer
{
    private sealed class FeedStream(FeedBuffer buffer, string? table, Func<CancellationToken, Task> sync, IDisposable? ended, Cursor reached, long position) : IChangeStream
    {
        /// <summary>Where reading from the journal ends and the ring is joined again; null while the stream walks along the ring.</summary>
        private (Cursor Target, long JoinAt)? _joining;

        private Cursor _reached = reached;
        private long _position = position;
        private IReadOnlyList<Change> _batch = [];

        public Cursor Cursor => _reached;

        public async ValueTask<IReadOnlyList<Change>?> NextAsync(long until = long.MaxValue, CancellationToken cancellationToken = default)
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (_joining is null && _position >= until)
                {
                    return null;
                }

                if (Step() is { } wait)
                {
                    await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
                    continue;
                }

                var changes = _joining is { } joining ? await MissedAsync(joining.Target, joining.JoinAt, cancellationToken).ConfigureAwait(false) : _batch;
                if (Own(changes) is { Count: > 0 } own)
                {
                    return own;
                }
            }
        }

        /// <summary>Takes the next batch of the ring, notes that the ring has moved past, or gives what to wait for.</summary>
        private Task? Step()
        {
            lock (buffer._lock)
            {
                if (_joining is not null)
                {
                    return null;
                }

                if (_position < buffer._first)
                {
                    _joining = (buffer._current, buffer._next);
                }
                else if (_position < buffer._next)
                {
                    var batch = buffer._batches.ElementAt((int)(_position - buffer._first));
                    (_batch, _reached) = (batch.Changes, batch.Cursor);
                    _position++;
                }
                else
                {
                    _reached = buffer._current;
                    return buffer._more.Task;
                }

                return null;
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

        public ValueTask DisposeAsync()
        {
            ended?.Dispose();
            return ValueTask.CompletedTask;
        }

        /// <summary>Behind the ring: reads some of the journal; at its end the stream joins the ring again.</summary>
        private async Task<IReadOnlyList<Change>> MissedAsync(Cursor target, long joinAt, CancellationToken cancellationToken)
        {
            var missed = _reached == target ? [] : await buffer._journal.ReadAsync(_reached, target, CatchUpLimit, cancellationToken).ConfigureAwait(false);
            _reached = missed.Count == 0 ? target : missed[^1].Cursor;
            if (_reached == target)
            {
                (_joining, _position) = (null, joinAt);
            }

            return missed;
        }

        private IReadOnlyList<Change> Own(IReadOnlyList<Change> changes) => table is null ? changes : [.. changes.Where(c => c.Table == table)];
    }
}
