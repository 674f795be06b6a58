using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Specification.Tables;

/// <content>Writes and what becomes of them.</content>
public abstract partial class TableSpecification
{
    [Fact]
    public async Task Insert_FieldsLeftOut_TakeDefaultsAndANumber()
    {
        var goods = await TableAsync("goods");

        var written = Assert.IsType<WriteResult.Written>(await goods.WriteAsync(new Write.Insert(Set(("name", "Rye"), ("price", 3.50m)), Bob), Token));

        Assert.IsType<long>(written.Stored["id"]);
        Assert.Equal(7L, written.Stored["stock"]);
        Assert.Equal(3.50m, written.Stored["price"]);
        Assert.Null(written.Stored["note"]);
        var change = written.Change!;
        Assert.Equal((ChangeKind.Insert, "Bob", "bulk-1", "goods"), (change.Kind, change.Actor, change.Operation, change.Table));
        Assert.Equal(written.Stored.Key, change.Key);
        Assert.True(change.Before.IsEmpty);
        Assert.Equal(goods.Schema.Fields.Select(f => f.Name).Order(), change.After.Keys.Order());
        AssertSame(written.Stored, await goods.GetAsync(written.Stored.Key, Token));
    }

    [Fact]
    public async Task Insert_OfAGivenKey_KeepsItAndTheNextNumberIsAnother()
    {
        var goods = await TableAsync("goods");

        var given = await AddAsync(goods, ("id", 500L), ("name", "Rye"));
        var numbered = await AddAsync(goods, ("id", null), ("name", "Wheat"));

        Assert.Equal(500L, given["id"]);
        Assert.NotEqual(500L, numbered["id"]);
    }

    [Fact]
    public async Task Insert_OfATakenKey_IsRejectedNamingTheKey()
    {
        var pairs = await TableAsync("pairs");
        await AddAsync(pairs, ("area", "a"), ("number", 1L));

        AssertRejected(await pairs.WriteAsync(new Write.Insert(Set(("area", "a"), ("number", 1L)), Ann), Token), "area");
    }

    [Fact]
    public async Task Update_OfOneField_LeavesTheOthersAndTellsWhatDiffered()
    {
        var goods = await TableAsync("goods");
        var rye = await AddAsync(goods, ("name", "Rye"), ("price", 3.50m), ("note", "dark"));

        var written = Assert.IsType<WriteResult.Written>(await UpdateAsync(goods, rye.Key, Set(("price", 4m), ("note", "dark"))));

        Assert.Equal(4m, written.Stored["price"]);
        Assert.Equal("Rye", written.Stored["name"]);
        Assert.Equal(["price"], written.Change!.After.Keys);
        Assert.Equal(4m, written.Change.After["price"]);
        Assert.Equal(3.50m, written.Change.Before["price"]);
        AssertSame(written.Stored, await goods.GetAsync(rye.Key, Token));
    }

    [Fact]
    public async Task Update_ToTheSameValues_WritesNothing()
    {
        var goods = await TableAsync("goods");
        var rye = await AddAsync(goods, ("name", "Rye"), ("price", 3.50m));

        var written = Assert.IsType<WriteResult.Written>(await UpdateAsync(goods, rye.Key, Set(("price", 3.5m), ("name", "Rye"), ("note", null))));

        Assert.Null(written.Change);
        Assert.Single(await Database.HistoryAsync("goods", rye.Key, 10, Token));
    }

    [Fact]
    public async Task Update_OfNothing_AnswersTheStoredRecord()
    {
        var goods = await TableAsync("goods");
        var rye = await AddAsync(goods, ("name", "Rye"));

        var written = Assert.IsType<WriteResult.Written>(await UpdateAsync(goods, rye.Key, Patch.Empty));

        Assert.Null(written.Change);
        AssertSame(rye, written.Stored);
    }

    [Fact]
    public async Task Delete_OfARecord_TellsEveryFieldItHeld()
    {
        var goods = await TableAsync("goods");
        var rye = await AddAsync(goods, ("name", "Rye"), ("price", 3.50m));

        var written = Assert.IsType<WriteResult.Written>(await goods.WriteAsync(new Write.Delete(rye.Key, Guard.None, Ann), Token));

        AssertSame(rye, written.Stored);
        Assert.Equal(ChangeKind.Delete, written.Change!.Kind);
        Assert.Equal("Rye", written.Change.Before["name"]);
        Assert.True(written.Change.After.IsEmpty);
        Assert.Null(await goods.GetAsync(rye.Key, Token));
        Assert.Equal(0, await goods.CountAsync(Filter.All, Token));
    }

    [Fact]
    public async Task Write_OfARecordThatIsNotThere_IsMissing()
    {
        var goods = await TableAsync("goods");
        var key = new RecordKey(4711L);

        Assert.IsType<WriteResult.Missing>(await UpdateAsync(goods, key, Set(("name", "x"))));
        Assert.IsType<WriteResult.Missing>(await UpdateAsync(goods, key, Patch.Empty));
        Assert.IsType<WriteResult.Missing>(await UpdateAsync(goods, key, Set(("name", "x")), Set(("name", "y"))));
        Assert.IsType<WriteResult.Missing>(await goods.WriteAsync(new Write.Delete(key, Guard.None, Ann), Token));
        Assert.Empty(await Database.HistoryAsync("goods", null, 10, Token));
        Assert.Null(await goods.GetAsync(key, Token));
    }

    [Fact]
    public async Task Record_DeletedAndAddedAgain_IsThere()
    {
        var pairs = await TableAsync("pairs");
        var key = (await AddAsync(pairs, ("area", "a"), ("number", 1L), ("label", "first"))).Key;
        await pairs.WriteAsync(new Write.Delete(key, Guard.None, Ann), Token);
        Assert.Null(await pairs.GetAsync(key, Token));

        var again = await AddAsync(pairs, ("area", "a"), ("number", 1L), ("label", "second"));

        AssertSame(again, await pairs.GetAsync(key, Token));
        Assert.Equal("second", Assert.Single(await pairs.GetManyAsync([key], null, Token))["label"]);
        Assert.Equal(3, (await Database.HistoryAsync("pairs", key, 10, Token)).Count);
    }

    [Fact]
    public async Task GetMany_OfSomeKnownKeys_LeavesTheOthersOut()
    {
        var pairs = await TableAsync("pairs");
        var one = await AddAsync(pairs, ("area", "a"), ("number", 1L), ("label", "x"));
        var two = await AddAsync(pairs, ("area", "b"), ("number", 1L), ("label", "y"));

        var found = await pairs.GetManyAsync([one.Key, new RecordKey("a", 2L), two.Key], null, Token);

        Assert.Equal([one.Key, two.Key], found.Select(r => r.Key).OrderBy(k => k.ToString(), StringComparer.Ordinal));
        Assert.Empty(await pairs.GetManyAsync([], null, Token));
        Assert.Equal("y", (await pairs.GetManyAsync([two.Key], ["label"], Token))[0]["label"]);
    }

    [Fact]
    public async Task History_OfARecord_TellsNewestFirstWhoDidWhat()
    {
        var goods = await TableAsync("goods");
        var rye = await AddAsync(goods, ("name", "Rye"));
        await AddAsync(goods, ("name", "Wheat"));
        await UpdateAsync(goods, rye.Key, Set(("price", 2m)), by: Bob);
        await goods.WriteAsync(new Write.Delete(rye.Key, Guard.None, Ann), Token);

        var history = await Database.HistoryAsync("goods", rye.Key, 10, Token);

        Assert.Equal([ChangeKind.Delete, ChangeKind.Update, ChangeKind.Insert], history.Select(c => c.Kind));
        Assert.Equal(["Ann", "Bob", "Ann"], history.Select(c => c.Actor));
        Assert.Equal([null, "bulk-1", null], history.Select(c => c.Operation));
        Assert.Equal(2m, history[1].After["price"]);
        Assert.Null(history[1].Before["price"]);
        Assert.Equal("Rye", history[0].Before["name"]);
        Assert.Equal(4, (await Database.HistoryAsync("goods", null, 10, Token)).Count);
        Assert.Equal(2, (await Database.HistoryAsync(null, null, 2, Token)).Count);
        Assert.True(history[0].Sequence > history[1].Sequence && history[1].Sequence > history[2].Sequence);
    }
}
