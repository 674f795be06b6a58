namespace Tandem.Live.Views;

/// <summary>
/// One subscriber's queue. It holds so many updates at most; one that falls further behind loses them all and gets a
/// fresh snapshot when it comes back, so that it neither grows nor delays anybody.
/// </summary>
/// <param name="gate">The view's lock, under which everything here happens.</param>
/// <param name="limit">How many updates may wait.</param>
/// <param name="wake">Tells the view that a snapshot is wanted.</param>
/// <param name="ended">Tells the view that the subscriber went.</param>
internal sealed class ViewSubscription(Lock gate, int limit, Action wake, Action<ViewSubscription> ended)
{
    private readonly Queue<ViewUpdate> _waiting = new();
    private TaskCompletionSource _more = NewSignal();
    private bool _isBehind = true;
    private bool _isEnded;

    /// <summary>Whether the subscriber is here and cannot go on without all rows.</summary>
    public bool WantsSnapshot { get; private set; }

    public void Post(ViewUpdate update)
    {
        if (_isBehind)
        {
            return;
        }

        if (_waiting.Count >= limit)
        {
            _waiting.Clear();
            _isBehind = true;
            return;
        }

        _waiting.Enqueue(update);
        _more.TrySetResult();
    }

    public void Give(ViewUpdate.Snapshot snapshot)
    {
        (_isBehind, WantsSnapshot) = (false, false);
        _waiting.Clear();
        _waiting.Enqueue(snapshot);
        _more.TrySetResult();
    }

    /// <summary>Waits for the next update; null when the table was closed.</summary>
    public async ValueTask<ViewUpdate?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task more;
            bool wants;
            lock (gate)
            {
                if (_waiting.TryDequeue(out var update))
                {
                    return update;
                }

                if (_isEnded)
                {
                    return null;
                }

                wants = _isBehind && !WantsSnapshot;
                WantsSnapshot |= _isBehind;
                _more = _more.Task.IsCompleted ? NewSignal() : _more;
                more = _more.Task;
            }

            if (wants)
            {
                wake();
            }

            await more.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The table was closed.</summary>
    public void End()
    {
        lock (gate)
        {
            _isEnded = true;
            _more.TrySetResult();
        }
    }

    public void Leave() => ended(this);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
