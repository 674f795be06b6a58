namespace Tandem.Simulator.Scheduling;

/// <summary>
/// Everything that waits for its turn: messages on their way, deliveries, people thinking. Between two turns the world waits until
/// the one worker has nothing left to do, so that what follows depends on the seed alone.
/// </summary>
internal sealed class Schedule(int seed, History history)
{
    private readonly List<Step> _steps = [];

    public Random Random { get; } = new(seed);

    public History History => history;

    public bool IsEmpty => _steps.Count == 0;

    public string Waiting => string.Join(", ", _steps.Select(s => s.What));

    private sealed record Step(string What, object? Owner, TaskCompletionSource Turn);

    /// <summary>Waits for a turn.</summary>
    /// <param name="what">What is to happen, for the history.</param>
    /// <param name="owner">With whom it fails or falls silent; null for nobody.</param>
    /// <param name="cancellationToken">Gives the turn up.</param>
    public async Task TurnAsync(string what, object? owner = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var step = new Step(what, owner, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _steps.Add(step);
        using var given = cancellationToken.Register(() =>
        {
            _steps.Remove(step);
            step.Turn.TrySetCanceled(cancellationToken);
        });
        await step.Turn.Task;
    }

    /// <summary>Lets one of those that wait go on.</summary>
    public void Next()
    {
        var at = Random.Next(_steps.Count);
        var step = _steps[at];
        _steps.RemoveAt(at);
        history.Note(step.What);
        step.Turn.TrySetResult();
    }

    /// <summary>What an owner waits for fails.</summary>
    public void Fail(object owner, Func<Exception> fault)
    {
        foreach (var step in Of(owner))
        {
            step.Turn.TrySetException(fault());
        }
    }

    /// <summary>What an owner waits for never comes.</summary>
    public void Silence(object owner) => Of(owner);

    public bool Chance(int percent) => Random.Next(100) < percent;

    public T Pick<T>(IReadOnlyList<T> some) => some[Random.Next(some.Count)];

    /// <summary>Waits until the one worker has nothing left to do but this.</summary>
    public static async Task SettleAsync()
    {
        do
        {
            await Task.Yield();
        }
        while (ThreadPool.PendingWorkItemCount > 0);
    }

    private List<Step> Of(object owner)
    {
        List<Step> own = [.. _steps.Where(s => s.Owner == owner)];
        _steps.RemoveAll(s => s.Owner == owner);
        return own;
    }
}
