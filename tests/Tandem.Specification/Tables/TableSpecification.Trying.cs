using Tandem.Changes;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Specification.Tables;

/// <content>Writes that are only tried, and what an operation wrote.</content>
public abstract partial class TableSpecification
{
    [Fact]
    public async Task Trial_ThatHolds_TellsWhatWouldBeStoredAndStoresNothing()
    {
        var goods = await TableAsync("goods");
        var rye = await AddAsync(goods, ("name", "Rye"), ("price", 3m));
        await using var reader = new ChangeCollector(t => goods.ChangesAsync(null, t));
        var before = await Database.HistoryAsync(null, null, 100, Token);
        var order = TemporaryKey.New();

        var result = await Database.TryAllAsync(
        [
            new TableWrite("goods", new Write.Insert(Set(("name", "Spelt"), ("category_id", order)), Ann)),
            new TableWrite("categories", new Write.Insert(Set(("name", "order")), Ann) { Temporary = order }),
            new TableWrite("goods", new Write.Update(rye.Key, Set(("price", 3.5m)), new Guard(Set(("price", 3m))), Bob)),
            new TableWrite("goods", new Write.Delete(rye.Key, Guard.None, Bob)),
        ], Token);

        Assert.False(result.IsCommitted);
        var written = result.Results.Select(r => Assert.IsType<WriteResult.Written>(r)).ToList();
        Assert.All(written, w => Assert.Null(w.Change));
        Assert.Equal(("Spelt", 7L, 3.5m), (written[0].Stored["name"], written[0].Stored["stock"], written[2].Stored["price"]));
        Assert.Equal(written[1].Stored["id"], written[0].Stored["category_id"]);
        AssertSame(rye, await goods.GetAsync(rye.Key, Token));
        Assert.Equal(1L, await goods.CountAsync(Querying.Filter.All, Token));
        Assert.Equal(0L, await (await TableAsync("categories")).CountAsync(Querying.Filter.All, Token));
        Assert.Equal(before.Select(c => c.Sequence), (await Database.HistoryAsync(null, null, 100, Token)).Select(c => c.Sequence));

        // What is stored next is the first thing the feed tells after the trial.
        var oat = await AddAsync(goods, ("name", "Oat"));
        var seen = await reader.UntilAsync(s => s.Any(c => c.Key.Equals(oat.Key)), "the record after the trial");
        Assert.DoesNotContain(seen, c => c.Kind == ChangeKind.Delete || c.After.ContainsKey("price") && c.Kind == ChangeKind.Update);
        Assert.DoesNotContain(seen, c => c.After.GetValueOrDefault("name") is "Spelt");
    }

    [Fact]
    public async Task Trial_WithThingsInItsWay_GivesEachWriteItsOwnAnswer()
    {
        var goods = await TableAsync("goods");
        var rye = await AddAsync(goods, ("name", "Rye"), ("price", 3m));

        var result = await Database.TryAllAsync([.. new Write[]
        {
            new Write.Insert(Set(("name", "Rye")), Ann),
            new Write.Update(rye.Key, Set(("price", -1m)), Guard.None, Ann),
            new Write.Update(rye.Key, Set(("stock", 5L)), new Guard(Set(("price", 2m))), Ann),
            new Write.Update(new RecordKey(4_711L), Set(("stock", 1L)), Guard.None, Ann),
            new Write.Insert(Set(("name", "Barley"), ("price", 2m)), Ann),
            new Write.Insert(Set(("name", "Barley")), Ann),
        }.Select(w => new TableWrite("goods", w))], Token);

        Assert.False(result.IsCommitted);
        AssertRejected(result.Results[0], "name");
        AssertRejected(result.Results[1], "price");
        var conflict = Assert.IsType<WriteResult.Conflicted>(result.Results[2]);
        Assert.Equal((3m, "price"), (conflict.Current["price"], Assert.Single(conflict.Fields)));
        Assert.IsType<WriteResult.Missing>(result.Results[3]);
        Assert.Equal("Barley", Assert.IsType<WriteResult.Written>(result.Results[4]).Stored["name"]);
        AssertRejected(result.Results[5], "name");
        Assert.Equal(1L, await goods.CountAsync(Querying.Filter.All, Token));
    }

    [Fact]
    public async Task Trial_OfAReferenceCheckedAtTheEnd_NamesIt()
    {
        Assert.SkipUnless(ChecksReferences, "This source does not check references.");
        var sheets = await TableAsync("sheets");
        var root = await AddAsync(sheets, ("title", "root"));

        var result = await Database.TryAllAsync(
        [
            new TableWrite("sheets", new Write.Insert(Set(("title", "lost"), ("parent_id", 4_711L)), Ann)),
            new TableWrite("sheets", new Write.Insert(Set(("title", "found"), ("parent_id", root.Key.Values[0])), Ann)),
        ], Token);

        AssertRejected(result.Results[0], "parent_id");
        Assert.Equal("found", Assert.IsType<WriteResult.Written>(result.Results[1]).Stored["title"]);
        Assert.Equal(1L, await sheets.CountAsync(Querying.Filter.All, Token));
    }

    [Fact]
    public async Task Operation_OfSeveralTables_IsFoundNewestFirst()
    {
        var goods = await TableAsync("goods");
        var categories = await TableAsync("categories");
        var by = new WriteContext("Ann", $"stock-taking {Guid.NewGuid()}");
        await AddAsync(goods, ("name", "Other"));
        var category = Assert.IsType<WriteResult.Written>(await categories.WriteAsync(new Write.Insert(Set(("name", "flour")), by), Token)).Stored;
        var rye = Assert.IsType<WriteResult.Written>(await goods.WriteAsync(new Write.Insert(Set(("name", "Rye")), by), Token)).Stored;
        Assert.IsType<WriteResult.Written>(await UpdateAsync(goods, rye.Key, Set(("price", 2m)), null, by));

        var changes = await Database.OperationAsync(by.Operation!, 10, Token);

        Assert.Equal([(ChangeKind.Update, "goods"), (ChangeKind.Insert, "goods"), (ChangeKind.Insert, "categories")], changes.Select(c => (c.Kind, c.Table)));
        Assert.Equal((category.Key, "Ann"), (changes[^1].Key, changes[^1].Actor));
        Assert.Equal([changes[0].Sequence], (await Database.OperationAsync(by.Operation!, 1, Token)).Select(c => c.Sequence));
        Assert.Empty(await Database.OperationAsync("nothing of this name", 10, Token));
    }
}
