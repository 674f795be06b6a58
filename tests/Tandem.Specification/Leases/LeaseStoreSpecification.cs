using Tandem.Leases;

namespace Tandem.Specification.Leases;

/// <summary>What every lease store must do, as two nodes see it.</summary>
public abstract class LeaseStoreSpecification
{
    private protected static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The store as one node sees it.</summary>
    protected abstract ILeaseStore Ann { get; }

    /// <summary>The same store as another node sees it.</summary>
    protected abstract ILeaseStore Bob { get; }

    /// <summary>Lets a lease's minute pass.</summary>
    protected abstract Task EndAsync(string resource);

    [Fact]
    public async Task Lease_TakenOnOneNode_IsHeldForTheOther()
    {
        var lease = await TakeAsync(Ann, "goods", "ann");

        Assert.Equal(("goods", "ann", null), (lease.Resource, lease.Owner, lease.TakenFrom));
        Assert.Equal(lease, Assert.IsType<LeaseResult.Held>(await Bob.AcquireAsync("goods", "bob", s_minute, Token)).By);
        Assert.Equal(lease, await Bob.FindAsync("goods", Token));
        Assert.IsType<LeaseResult.Granted>(await Bob.AcquireAsync("pairs", "bob", s_minute, Token));
    }

    [Fact]
    public async Task Lease_RenewedForLess_EndsNoEarlier()
    {
        var lease = await TakeAsync(Ann, "goods", "ann");

        var renewed = await RenewAsync(Ann, lease, TimeSpan.FromSeconds(1));

        Assert.Equal((lease.Token, lease.Until), (renewed.Token, renewed.Until));
        Assert.Equal(lease.Until, (await Bob.FindAsync("goods", Token))!.Until);
    }

    [Fact]
    public async Task Watch_OnAnotherNode_TellsWhatIsHeldAndThenWhatHappens()
    {
        var first = await TakeAsync(Ann, "goods", "ann");
        // Ended by the token of its own: a stream that is waited for cannot be disposed.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var updates = Bob.WatchAsync(ending.Token).GetAsyncEnumerator(ending.Token);
        var whole = await NextAsync(updates);
        Assert.True(whole.IsWhole);
        Assert.Equal([first], whole.Held);

        // What is held already may be told once more, where the other node hears of it later.
        var second = await TakeAsync(Ann, "pairs", "ann");
        await UntilAsync(updates, u => u.Held.Contains(second));
        await Ann.ReleaseAsync(first, Token);
        await UntilAsync(updates, u => u.Released.Contains("goods") || (u.IsWhole && !u.Held.Contains(first)));
        var taken = Assert.IsType<LeaseResult.Granted>(await Bob.TakeOverAsync("pairs", "bob", s_minute, Token)).Lease;
        await UntilAsync(updates, u => u.Held.Contains(taken));
        Assert.Equal("ann", taken.TakenFrom);
        await ending.CancelAsync();
    }

    private static async Task UntilAsync(IAsyncEnumerator<LeaseUpdate> updates, Func<LeaseUpdate, bool> wanted)
    {
        while (!wanted(await NextAsync(updates)))
        {
        }
    }

    private static async Task<LeaseUpdate> NextAsync(IAsyncEnumerator<LeaseUpdate> updates)
    {
        Assert.True(await updates.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20), Token));
        return updates.Current;
    }

    [Fact]
    public async Task Lease_AskedForTwiceByTheSameOwner_IsHeld()
    {
        var lease = await TakeAsync(Ann, "goods", "ann");

        Assert.Equal(lease, Assert.IsType<LeaseResult.Held>(await Ann.AcquireAsync("goods", "ann", s_minute, Token)).By);
    }

    [Fact]
    public async Task Lease_GivenBack_IsFreeAndTheNextTokenIsLarger()
    {
        var first = await TakeAsync(Ann, "goods", "ann");

        Assert.True(await Ann.ReleaseAsync(first, Token));

        Assert.Null(await Bob.FindAsync("goods", Token));
        // Not because of the time: the token rises because of the one before.
        var second = await TakeAsync(Bob, "goods", "bob");
        Assert.True(second.Token > first.Token);
        Assert.False(await Ann.ReleaseAsync(first, Token));
        Assert.Equal(second, await Ann.FindAsync("goods", Token));
    }

    [Fact]
    public async Task Lease_ThatEnded_IsNobodysAndGoesToWhoAsks()
    {
        var first = await TakeAsync(Ann, "goods", "ann");
        await EndAsync("goods");

        Assert.Null(await Ann.FindAsync("goods", Token));
        var second = await TakeAsync(Bob, "goods", "bob");

        Assert.True(second.Token > first.Token);
        Assert.Null(second.TakenFrom);
        Assert.Equal(second, Assert.IsType<LeaseResult.Held>(await Ann.RenewAsync(first, s_minute, Token)).By);
    }

    [Fact]
    public async Task Lease_GivenBack_CannotBeRenewed()
    {
        var lease = await TakeAsync(Ann, "goods", "ann");
        await Ann.ReleaseAsync(lease, Token);

        Assert.IsType<LeaseResult.Lost>(await Ann.RenewAsync(lease, s_minute, Token));
    }

    [Fact]
    public async Task Lease_TakenOver_TellsFromWhomAndTheFormerHolderIsTold()
    {
        var first = await TakeAsync(Ann, "goods", "ann");

        var second = Assert.IsType<LeaseResult.Granted>(await Bob.TakeOverAsync("goods", "bob", s_minute, Token)).Lease;

        Assert.Equal(("bob", "ann"), (second.Owner, second.TakenFrom));
        Assert.True(second.Token > first.Token);
        Assert.Equal(second, Assert.IsType<LeaseResult.Held>(await Ann.RenewAsync(first, s_minute, Token)).By);
        Assert.False(await Ann.ReleaseAsync(first, Token));
        var free = Assert.IsType<LeaseResult.Granted>(await Ann.TakeOverAsync("pairs", "ann", s_minute, Token)).Lease;
        Assert.Null(free.TakenFrom);
    }

    [Fact]
    public async Task Race_OfSixteen_GrantsExactlyOne()
    {
        for (var round = 0; round < 5; round++)
        {
            // A fresh one, one that ended and one that was given back are raced for alike.
            var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(n => Task.Run(
                () => (n % 2 == 0 ? Ann : Bob).AcquireAsync("goods", $"node {n}", s_minute, Token), Token)));

            var granted = Assert.Single(results.OfType<LeaseResult.Granted>()).Lease;
            Assert.All(results.OfType<LeaseResult.Held>(), h => Assert.Equal(granted, h.By));
            Assert.Equal(granted, await Ann.FindAsync("goods", Token));
            if (round % 2 == 0)
            {
                await EndAsync("goods");
            }
            else
            {
                Assert.True(await Ann.ReleaseAsync(granted, Token));
            }
        }
    }

    [Fact]
    public async Task Lease_OfNothingOrForNoTime_IsRefused()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Ann.AcquireAsync("", "ann", s_minute, Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Ann.AcquireAsync("goods", "", s_minute, Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Ann.AcquireAsync("goods", "ann", TimeSpan.Zero, Token));
    }

    private protected static async Task<Lease> TakeAsync(ILeaseStore leases, string resource, string owner) =>
        Assert.IsType<LeaseResult.Granted>(await leases.AcquireAsync(resource, owner, s_minute, Token)).Lease;

    private protected static async Task<Lease> RenewAsync(ILeaseStore leases, Lease lease, TimeSpan duration) =>
        Assert.IsType<LeaseResult.Granted>(await leases.RenewAsync(lease, duration, Token)).Lease;
}
