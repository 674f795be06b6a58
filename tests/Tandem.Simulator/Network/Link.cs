using Tandem.Simulator.Scheduling;

namespace Tandem.Simulator.Network;

/// <summary>The way from a node to the source. A message waits for its turn, may be lost before it arrives, and its answer on the way back.</summary>
internal sealed class Link(Schedule schedule, string node)
{
    private CancellationTokenSource _broken = new();

    /// <summary>How many of a hundred messages are lost; none in the end.</summary>
    public int Loss { get; set; }

    public bool IsDead { get; private set; }

    /// <summary>Cancelled when the streams that go over this link break.</summary>
    public CancellationToken Broken => _broken.Token;

    public string Node => node;

    /// <summary>Asks the source.</summary>
    public async Task<T> CallAsync<T>(string what, Func<Task<T>> execute, CancellationToken cancellationToken)
    {
        await TurnAsync($"{node} > {what}", cancellationToken);
        var answer = await execute();
        await TurnAsync($"{node} < {what}", cancellationToken);
        return answer;
    }

    /// <summary>Every message on its way is lost, and every stream ends.</summary>
    public async Task BreakAsync()
    {
        schedule.Fail(this, () => new IOException($"{node} lost its connection"));
        var broken = _broken;
        _broken = new CancellationTokenSource();
        await broken.CancelAsync();
    }

    /// <summary>The node is no more: nothing it waits for comes.</summary>
    public void Cut()
    {
        IsDead = true;
        schedule.Silence(this);
    }

    private async Task TurnAsync(string what, CancellationToken cancellationToken)
    {
        if (IsDead)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        await schedule.TurnAsync(what, this, cancellationToken);
        if (Loss > 0 && schedule.Chance(Loss))
        {
            schedule.History.Note("  lost");
            throw new IOException($"{what} was lost");
        }
    }
}
