namespace Tandem.Relational.Watching;

/// <summary>Counts the passes of a poller, so that one can wait for a pass that began after one's own watching did.</summary>
internal sealed class Passes
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _ended = New();
    private long _begun;
    private long _done;

    public void Begin()
    {
        lock (_lock)
        {
            _begun++;
        }
    }

    public void End()
    {
        TaskCompletionSource ended;
        lock (_lock)
        {
            _done = _begun;
            (ended, _ended) = (_ended, New());
        }

        ended.SetResult();
    }

    /// <summary>Waits for the end of a pass that begins from now on.</summary>
    public async Task NextAsync(CancellationToken cancellationToken)
    {
        long wanted;
        lock (_lock)
        {
            wanted = _begun + 1;
        }

        while (true)
        {
            Task ended;
            lock (_lock)
            {
                if (_done >= wanted)
                {
                    return;
                }

                ended = _ended.Task;
            }

            await ended.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
