using Tandem.Leases;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Specification.Leases;

/// <summary>What leases must do, as two nodes see them. Each source inherits this suite.</summary>
public abstract class LeaseSpecification : IAsyncLifetime
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private readonly StillClock _clock = new();
    private IDatabase _first = null!;
    private IDatabase _second = null!;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private TableLeases Ann => Leases(_first);

    private TableLeases Bob => Leases(_second);

    /// <summary>Opens a database with the tables of <see cref="Tables.Shop"/>, all empty.</summary>
    protected abstract Task<IDatabase> OpenAsync();

    /// <summary>Opens the same database as another node does. In memory there is only one.</summary>
    protected virtual Task<IDatabase> JoinAsync(IDatabase first) => Task.FromResult(first);

    protected virtual ValueTask CloseAsync() => ValueTask.CompletedTask;

    public async ValueTask InitializeAsync()
    {
        _first = await OpenAsync();
        _second = await JoinAsync(_first);
    }

    public async ValueTask DisposeAsync()
    {
        if (_second is not null && _second != _first)
        {
            await _second.DisposeAsync();
        }

        if (_first is not null)
        {
            await _first.DisposeAsync();
        }

        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Lease_TakenOnOneNode_IsHeldForTheOther()
    {
        var lease = await TakeAsync(Ann, "goods", "ann");

        Assert.Equal(("goods", "ann", _clock.GetUtcNow() + s_minute, null), (lease.Resource, lease.Owner, lease.Until, lease.TakenFrom));
        Assert.Equal(lease, Assert.IsType<LeaseResult.Held>(await Bob.AcquireAsync("goods", "bob", s_minute, Token)).By);
        Assert.Equal(lease, await Bob.FindAsync("goods", Token));
        Assert.IsType<LeaseResult.Granted>(await Bob.AcquireAsync("pairs", "bob", s_minute, Token));
    }

    [Fact]
    public async Task Watch_OnAnotherNode_TellsWhatIsHeldAndThenWhatHappens()
    {
        var first = await TakeAsync(Ann, "goods", "ann");
        await using var updates = Bob.WatchAsync(Token).GetAsyncEnumerator(Token);
        var whole = await NextAsync(updates);
        Assert.True(whole.IsWhole);
        Assert.Equal([first], whole.Held);

        var second = await TakeAsync(Ann, "pairs", "ann");
        Assert.Equal([second], (await NextAsync(updates)).Held);
        await Ann.ReleaseAsync(first, Token);
        var released = await NextAsync(updates);
        Assert.False(released.IsWhole);
        Assert.Equal(["goods"], released.Released);
        var taken = Assert.IsType<LeaseResult.Granted>(await Bob.TakeOverAsync("pairs", "bob", s_minute, Token)).Lease;
        Assert.Equal([taken], (await NextAsync(updates)).Held);
        Assert.Equal("ann", taken.TakenFrom);
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
        // The clock stands still: the token rises because of the one before, not because of the time.
        var second = await TakeAsync(Bob, "goods", "bob");
        Assert.True(second.Token > first.Token);
        Assert.False(await Ann.ReleaseAsync(first, Token));
        Assert.Equal(second, await Ann.FindAsync("goods", Token));
    }

    [Fact]
    public async Task Lease_ThatEnded_IsNobodysAndGoesToWhoAsks()
    {
        var first = await TakeAsync(Ann, "goods", "ann");
        _clock.Advance(s_minute);

        Assert.Null(await Ann.FindAsync("goods", Token));
        var second = await TakeAsync(Bob, "goods", "bob");

        Assert.True(second.Token > first.Token);
        Assert.Null(second.TakenFrom);
        Assert.Equal(second, Assert.IsType<LeaseResult.Held>(await Ann.RenewAsync(first, s_minute, Token)).By);
    }

    [Fact]
    public async Task Lease_Renewed_EndsLaterAndNeverEarlier()
    {
        var lease = await TakeAsync(Ann, "goods", "ann");
        _clock.Advance(TimeSpan.FromSeconds(40));

        var renewed = await RenewAsync(Ann, lease, s_minute);
        Assert.Equal(_clock.GetUtcNow() + s_minute, renewed.Until);
        Assert.Equal(lease.Token, renewed.Token);
        Assert.Equal(renewed.Until, (await RenewAsync(Ann, lease, TimeSpan.FromSeconds(1))).Until);
        Assert.Equal(renewed.Until, (await Bob.FindAsync("goods", Token))!.Until);
    }

    [Fact]
    public async Task Lease_ThatEndedButNobodyTook_CanStillBeRenewed()
    {
        var lease = await TakeAsync(Ann, "goods", "ann");
        _clock.Advance(s_minute * 2);

        Assert.Equal(_clock.GetUtcNow() + s_minute, (await RenewAsync(Ann, lease, s_minute)).Until);
        Assert.IsType<LeaseResult.Held>(await Bob.AcquireAsync("goods", "bob", s_minute, Token));
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
                _clock.Advance(s_minute);
            }
            else
            {
                Assert.True(await Ann.ReleaseAsync(granted, Token));
            }
        }
    }

    [Fact]
    public async Task Write_UnderALease_HappensOnlyWhileItIsTheResources()
    {
        var goods = _first.Find("goods")!;
        var first = await TakeAsync(Ann, "goods", "ann");
        Assert.IsType<WriteResult.Written>(await InsertAsync(goods, "Rye", first));
        _clock.Advance(s_minute);
        var second = await TakeAsync(Bob, "goods", "bob");

        Assert.Equal("goods", Assert.IsType<WriteResult.Fenced>(await InsertAsync(goods, "Spelt", first)).Resource);
        Assert.IsType<WriteResult.Written>(await InsertAsync(goods, "Oat", second));
        await Bob.ReleaseAsync(second, Token);
        Assert.IsType<WriteResult.Fenced>(await InsertAsync(goods, "Corn", second));
        Assert.Equal(2, await goods.CountAsync(Querying.Filter.All, Token));
    }

    [Fact]
    public async Task Leases_AreJournalledAsTheirOwnersWritesLikeAnyRecord()
    {
        var table = _first.FindSystem(SystemTables.LeasesName)!;
        var lease = await TakeAsync(Ann, "goods", "ann");
        await Ann.ReleaseAsync(lease, Token);

        var history = await table.HistoryAsync(new RecordKey("goods"), 10, Token);

        Assert.Equal([Changes.ChangeKind.Delete, Changes.ChangeKind.Insert], history.Select(c => c.Kind));
        Assert.All(history, c => Assert.Equal("ann", c.Actor));
    }

    [Fact]
    public async Task Lease_OfNothingOrForNoTime_IsRefused()
    {
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Ann.AcquireAsync("", "ann", s_minute, Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Ann.AcquireAsync("goods", "", s_minute, Token));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Ann.AcquireAsync("goods", "ann", TimeSpan.Zero, Token));
    }

    private static Task<WriteResult> InsertAsync(ITable goods, string name, Lease lease) =>
        goods.WriteAsync(new Write.Insert(Patch.Of("name", name), new WriteContext("ann")) { Fence = lease.Fence }, Token);

    private static async Task<Lease> TakeAsync(TableLeases leases, string resource, string owner) =>
        Assert.IsType<LeaseResult.Granted>(await leases.AcquireAsync(resource, owner, s_minute, Token)).Lease;

    private static async Task<Lease> RenewAsync(TableLeases leases, Lease lease, TimeSpan duration) =>
        Assert.IsType<LeaseResult.Granted>(await leases.RenewAsync(lease, duration, Token)).Lease;

    private TableLeases Leases(IDatabase database) => new(database.FindSystem(SystemTables.LeasesName)!, _clock);
}
