using Tandem.Leases;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Specification.Leases;

/// <summary>What leases kept in a database's table must do beside what every store does. Each source inherits this suite.</summary>
public abstract class LeaseSpecification : LeaseStoreSpecification, IAsyncLifetime
{
    private readonly StillClock _clock = new();
    private IDatabase _first = null!;
    private IDatabase _second = null!;

    protected override ILeaseStore Ann => Leases(_first);

    protected override ILeaseStore Bob => Leases(_second);

    protected override Task EndAsync(string resource)
    {
        _clock.Advance(s_minute);
        return Task.CompletedTask;
    }

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

    private static Task<WriteResult> InsertAsync(ITable goods, string name, Lease lease) =>
        goods.WriteAsync(new Write.Insert(Patch.Of("name", name), new WriteContext("ann")) { Fence = lease.Fence }, Token);

    private TableLeases Leases(IDatabase database) => new(database.FindSystem(SystemTables.LeasesName)!, _clock);
}
