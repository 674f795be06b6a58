using Tandem.Changes;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Specification.Tables;

/// <content>Writes with an id happen once; writes under a lease happen while it is held.</content>
public abstract partial class TableSpecification
{
    [Fact]
    public async Task Write_SentAgainWithItsId_HappensOnceAndAnswersWithWhatItDid()
    {
        var goods = await TableAsync("goods");
        var (insertId, updateId, deleteId) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        var insert = new Write.Insert(Set(("name", "Rye"), ("price", 3m)), Ann) { Id = insertId };
        var added = Assert.IsType<WriteResult.Written>(await goods.WriteAsync(insert, Token));
        var again = Assert.IsType<WriteResult.Written>(await goods.WriteAsync(insert, Token));
        Assert.Equal((added.Stored.Key, added.Change!.Sequence, insertId), (again.Stored.Key, again.Change!.Sequence, again.Change.WriteId));

        var update = new Write.Update(added.Stored.Key, Set(("price", 4m)), new Guard(Set(("price", 3m))) { AllowSettled = false }, Ann) { Id = updateId };
        var changed = Assert.IsType<WriteResult.Written>(await goods.WriteAsync(update, Token));
        await UpdateAsync(goods, added.Stored.Key, Set(("price", 5m)), by: Bob);
        var later = Assert.IsType<WriteResult.Written>(await goods.WriteAsync(update, Token));
        Assert.Equal(changed.Change!.Sequence, later.Change!.Sequence);
        Assert.Equal(5m, later.Stored["price"]);
        Assert.Equal(5m, (await goods.GetAsync(added.Stored.Key, Token))!["price"]);

        var unguarded = update with { Guard = Guard.None };
        Assert.Equal(changed.Change.Sequence, Assert.IsType<WriteResult.Written>(await goods.WriteAsync(unguarded, Token)).Change!.Sequence);
        Assert.Equal(5m, (await goods.GetAsync(added.Stored.Key, Token))!["price"]);

        var delete = new Write.Delete(added.Stored.Key, Guard.None, Ann) { Id = deleteId };
        var deleted = Assert.IsType<WriteResult.Written>(await goods.WriteAsync(delete, Token));
        var gone = Assert.IsType<WriteResult.Written>(await goods.WriteAsync(delete, Token));
        Assert.Equal((deleted.Change!.Sequence, "Rye"), (gone.Change!.Sequence, gone.Stored["name"]));
        Assert.Equal(4, (await Database.HistoryAsync("goods", null, 10, Token)).Count);
    }

    [Fact]
    public async Task Write_SentManyTimesAtOnce_HappensOnce()
    {
        var goods = await TableAsync("goods");
        var insert = new Write.Insert(Set(("price", 3m), ("name", "Rye"), ("note", null)), Ann) { Id = Guid.NewGuid() };
        var nameless = await TableAsync("categories");
        var numbered = new Write.Insert(Set(("name", "Bread")), Ann) { Id = Guid.NewGuid() };

        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => i % 2 == 0 ? goods.WriteAsync(insert, Token) : nameless.WriteAsync(numbered, Token))));

        foreach (var half in results.Select((r, i) => (Written: Assert.IsType<WriteResult.Written>(r), Half: i % 2)).GroupBy(r => r.Half))
        {
            Assert.Single(half.Select(r => r.Written.Stored.Key).Distinct());
            Assert.Single(half.Select(r => r.Written.Change!.Sequence).Distinct());
        }

        Assert.Equal((1L, 1L), (await goods.CountAsync(Querying.Filter.All, Token), await nameless.CountAsync(Querying.Filter.All, Token)));
    }

    [Fact]
    public async Task FindWrite_TellsWhetherAWriteHappened()
    {
        var goods = await TableAsync("goods");
        var (done, refused) = (Guid.NewGuid(), Guid.NewGuid());
        var rye = Assert.IsType<WriteResult.Written>(await goods.WriteAsync(new Write.Insert(Set(("name", "Rye")), Ann) { Id = done }, Token));
        AssertRejected(await goods.WriteAsync(new Write.Update(rye.Stored.Key, Set(("price", -1m)), Guard.None, Ann) { Id = refused }, Token), "price");

        var found = await Database.FindWriteAsync(done, Token);

        Assert.Equal((rye.Change!.Sequence, ChangeKind.Insert, rye.Stored.Key, done), (found!.Sequence, found.Kind, found.Key, found.WriteId));
        Assert.Null(await Database.FindWriteAsync(refused, Token));
        Assert.Equal(done, Assert.Single(await Database.HistoryAsync("goods", rye.Stored.Key, 10, Token)).WriteId);
        var price = new Write.Update(rye.Stored.Key, Set(("price", 1m)), Guard.None, Ann) { Id = refused };
        Assert.NotNull(Assert.IsType<WriteResult.Written>(await goods.WriteAsync(price, Token)).Change);
    }

    [Fact]
    public async Task Write_UnderALease_HappensOnlyWhileItIsHeld()
    {
        var goods = await TableAsync("goods");
        var leases = Database.FindSystem(SystemTables.LeasesName)!;
        var lease = await AddAsync(leases, ("resource", "goods"), ("owner", "Ann"), ("token", 7L), ("until", new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero)), ("taken_from", null));
        var held = new Fence("goods", 7);
        var rye = Assert.IsType<WriteResult.Written>(await goods.WriteAsync(new Write.Insert(Set(("name", "Rye")), Ann) { Fence = held }, Token)).Stored;
        var dear = new Write.Update(rye.Key, Set(("price", 9m)), Guard.None, Ann) { Fence = held, Id = Guid.NewGuid() };
        Assert.IsType<WriteResult.Written>(await goods.WriteAsync(dear, Token));

        Assert.IsType<WriteResult.Written>(await UpdateAsync(leases, lease.Key, Set(("token", 8L), ("owner", "Bob"), ("taken_from", "Ann")), Set(("token", 7L))));

        Write[] late =
        [
            new Write.Insert(Set(("name", "Wheat")), Ann), new Write.Update(rye.Key, Set(("price", 1m)), Guard.None, Ann), new Write.Update(rye.Key, Set(("price", 9m)), Guard.None, Ann),
            new Write.Delete(rye.Key, Guard.None, Ann), new Write.Delete(new RecordKey(12345L), Guard.None, Ann), new Write.Update(rye.Key, Set(("price", 1m)), new Guard(Set(("price", 2m))), Ann),
        ];
        foreach (var write in late)
        {
            Assert.Equal("goods", Assert.IsType<WriteResult.Fenced>(await goods.WriteAsync(write with { Fence = held }, Token)).Resource);
        }

        Assert.IsType<WriteResult.Fenced>(await goods.WriteAsync(late[0] with { Fence = new Fence("nobody's", 1) }, Token));
        Assert.False((await goods.WriteAllAsync([late[1] with { Fence = held }], Token)).IsCommitted);
        Assert.Equal(9m, (await goods.GetAsync(rye.Key, Token))!["price"]);
        Assert.Equal(1L, await goods.CountAsync(Querying.Filter.All, Token));
        // What was done while the lease was held stays done, and may still be asked for.
        Assert.NotNull(Assert.IsType<WriteResult.Written>(await goods.WriteAsync(dear, Token)).Change);
        Assert.IsType<WriteResult.Written>(await goods.WriteAsync(late[1] with { Fence = new Fence("goods", 8) }, Token));
    }
}
