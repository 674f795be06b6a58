using Tandem.Changes;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Specification.Tables;

/// <content>Several writes, all or none.</content>
public abstract partial class TableSpecification
{
    [Fact]
    public async Task Batch_ThatHolds_WritesAllInTheirOrderAndTellsEach()
    {
        var goods = await TableAsync("goods");
        var (rye, oat) = (await AddAsync(goods, ("name", "Rye"), ("price", 3m)), await AddAsync(goods, ("name", "Oat"), ("note", "x")));
        await using var reader = new ChangeCollector(t => goods.ChangesAsync(null, t));

        var result = await goods.WriteAllAsync(
        [
            new Write.Insert(Set(("name", "Spelt"), ("price", 4.25m)), Ann),
            new Write.Update(rye.Key, Set(("price", 3.5m)), new Guard(Set(("price", 3m))), Bob),
            new Write.Insert(Set(("name", "Wheat"), ("price", null)), Ann),
            new Write.Update(rye.Key, Set(("price", 3.75m), ("note", "dear")), new Guard(Set(("price", 3.5m))), Ann),
            new Write.Delete(oat.Key, new Guard(Set(("note", "x"))), Ann),
            new Write.Update(rye.Key, Set(("note", "dear")), Guard.None, Ann),
        ], Token);

        Assert.True(result.IsCommitted);
        var written = result.Results.Select(r => Assert.IsType<WriteResult.Written>(r)).ToList();
        Assert.Equal(["Spelt", "Rye", "Wheat", "Rye", "Oat", "Rye"], written.Select(w => w.Stored["name"]));
        Assert.Equal((4.25m, 7L, 3.5m, null, 3.75m), (written[0].Stored["price"], written[0].Stored["stock"], written[1].Stored["price"], written[2].Stored["price"], written[3].Stored["price"]));
        Assert.Equal([ChangeKind.Insert, ChangeKind.Update, ChangeKind.Insert, ChangeKind.Update, ChangeKind.Delete, null], written.Select(w => w.Change?.Kind));
        Assert.Equal(("Bob", "bulk-1"), (written[1].Change!.Actor, written[1].Change!.Operation));
        Assert.Equal((3m, 3.5m), (written[1].Change!.Before["price"], written[1].Change!.After["price"]));
        Assert.Equal(["note", "price"], written[3].Change!.After.Keys.Order());
        var told = written.Select(w => w.Change?.Sequence).OfType<long>().ToHashSet();
        var seen = await reader.UntilAsync(s => s.Count(c => told.Contains(c.Sequence)) >= 5, "the batch");
        Assert.Equal(told.Order(), seen.Select(c => c.Sequence).Where(told.Contains).Order());
        Assert.Equal((3.75m, "dear"), ((await goods.GetAsync(rye.Key, Token))!["price"], (await goods.GetAsync(rye.Key, Token))!["note"]));
        Assert.Equal(3L, await goods.CountAsync(Querying.Filter.All, Token));
    }

    [Fact]
    public async Task Batch_WithAnythingInItsWay_WritesNothingAndNamesAll()
    {
        var goods = await TableAsync("goods");
        var (rye, oat, spelt) = (await AddAsync(goods, ("name", "Rye"), ("price", 3m)), await AddAsync(goods, ("name", "Oat")), await AddAsync(goods, ("name", "Spelt")));
        var before = await Database.HistoryAsync(null, null, 100, Token);

        var result = await goods.WriteAllAsync(
        [
            new Write.Update(oat.Key, Set(("stock", 1L)), Guard.None, Ann),
            new Write.Update(spelt.Key, Set(("price", -1m)), Guard.None, Ann),
            new Write.Update(rye.Key, Set(("stock", 5L)), new Guard(Set(("price", 2m))), Ann),
            new Write.Update(new RecordKey(4_711L), Set(("stock", 1L)), Guard.None, Ann),
            new Write.Insert(Set(("name", "Rye")), Ann),
            new Write.Insert(Set(("name", "Barley"), ("price", 2m)), Ann),
            new Write.Insert(Set(("name", "Millet"), ("state", "odd")), Ann),
            new Write.Delete(new RecordKey(4_712L), Guard.None, Ann),
        ], Token);

        Assert.False(result.IsCommitted);
        Assert.IsType<WriteResult.Written>(result.Results[0]);
        AssertRejected(result.Results[1], "price");
        Assert.Equal(["price"], Assert.IsType<WriteResult.Conflicted>(result.Results[2]).Fields);
        Assert.IsType<WriteResult.Missing>(result.Results[3]);
        AssertRejected(result.Results[4], "name");
        Assert.IsType<WriteResult.Written>(result.Results[5]);
        AssertRejected(result.Results[6], "state");
        Assert.IsType<WriteResult.Missing>(result.Results[7]);
        Assert.Equal(3L, await goods.CountAsync(Querying.Filter.All, Token));
        Assert.Equal(7L, (await goods.GetAsync(oat.Key, Token))!["stock"]);
        Assert.Equal(before.Select(c => c.Sequence), (await Database.HistoryAsync(null, null, 100, Token)).Select(c => c.Sequence));
    }

    [Fact]
    public async Task Batch_OfNewRecordsThatReferToEachOther_IsStoredWithTheirRealKeys()
    {
        var (order, line) = (TemporaryKey.New(), TemporaryKey.New());
        var lines = Enumerable.Range(0, 20).Select(i => new TableWrite("goods", new Write.Insert(Set(("category_id", order), ("name", $"line {i}"), ("stock", (long)i)), Ann)));

        // The lines come before what they refer to: the keys alone decide.
        var result = await Database.WriteAllAsync(
        [
            .. lines,
            new TableWrite("categories", new Write.Insert(Set(("name", "order")), Ann) { Temporary = order }),
            new TableWrite("sheets", new Write.Insert(Set(("title", "cover"), ("parent_id", line)), Ann)),
            new TableWrite("sheets", new Write.Insert(Set(("title", "root")), Ann) { Temporary = line }),
            new TableWrite("categories", new Write.Update(new RecordKey(order), Set(("name", "order 1")), Guard.None, Ann)),
        ], Token);

        Assert.True(result.IsCommitted);
        var written = result.Results.Select(r => Assert.IsType<WriteResult.Written>(r)).ToList();
        var id = written[20].Stored["id"];
        Assert.All(written.Take(20).Select((w, i) => (w, i)), x => Assert.Equal((id, $"line {x.i}", (long)x.i), (x.w.Stored["category_id"], x.w.Stored["name"], x.w.Stored["stock"])));
        Assert.Equal(written[22].Stored["id"], written[21].Stored["parent_id"]);
        Assert.Equal("order 1", written[23].Stored["name"]);
        Assert.All(written, w => Assert.Equal(w.Stored.Key, w.Change!.Key));
    }

    [Fact]
    public async Task Batch_OfWhichAReferenceIsMissing_BlamesTheOneThatHasIt()
    {
        Assert.SkipUnless(ChecksReferences, "Tables in memory do not check references.");
        var goods = await TableAsync("goods");
        var bread = await AddAsync(Database.Find("categories")!, ("name", "Bread"));

        var at = await goods.WriteAllAsync(
        [
            new Write.Insert(Set(("name", "Rye"), ("category_id", bread["id"])), Ann),
            new Write.Insert(Set(("name", "Oat"), ("category_id", 4_711L)), Ann),
        ], Token);
        var late = await Database.WriteAllAsync(
        [
            new TableWrite("sheets", new Write.Insert(Set(("title", "good")), Ann)),
            new TableWrite("sheets", new Write.Insert(Set(("title", "bad"), ("parent_id", 4_711L)), Ann)),
        ], Token);

        Assert.False(at.IsCommitted || late.IsCommitted);
        Assert.IsType<WriteResult.Written>(at.Results[0]);
        AssertRejected(at.Results[1], "category_id");
        Assert.IsType<WriteResult.Written>(late.Results[0]);
        AssertRejected(late.Results[1], "parent_id");
        Assert.Equal(0L, await goods.CountAsync(Querying.Filter.All, Token));
    }

    [Fact]
    public async Task Batch_ThatRefersToARefusedRecord_SaysSoOfBoth()
    {
        var parent = TemporaryKey.New();

        var result = await Database.WriteAllAsync(
        [
            new TableWrite("categories", new Write.Insert(Patch.Empty, Ann) { Temporary = parent }),
            new TableWrite("goods", new Write.Insert(Set(("name", "Rye"), ("category_id", parent)), Ann)),
            new TableWrite("goods", new Write.Insert(Set(("name", "Oat")), Ann)),
        ], Token);

        Assert.False(result.IsCommitted);
        AssertRejected(result.Results[0], "name");
        AssertRejected(result.Results[1], "");
        Assert.IsType<WriteResult.Written>(result.Results[2]);
        await Assert.ThrowsAsync<ArgumentException>(() => Database.WriteAllAsync([new TableWrite("nothing", new Write.Delete(new RecordKey(1L), Guard.None, Ann))], Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Database.WriteAllAsync([new TableWrite("goods", new Write.Insert(Set(("category_id", TemporaryKey.New())), Ann))], Token));
        var same = new TableWrite("categories", new Write.Insert(Set(("name", "x")), Ann) { Id = Guid.NewGuid() });
        await Assert.ThrowsAsync<ArgumentException>(() => Database.WriteAllAsync([same, same], Token));
        Assert.True((await Database.WriteAllAsync([], Token)).IsCommitted);
    }

    [Fact]
    public async Task Batch_SentAgainWithItsIds_HappensOnce()
    {
        var goods = await TableAsync("goods");
        Write[] batch = [.. Enumerable.Range(0, 30).Select(i => new Write.Insert(Set(("name", $"good {i}")), Ann) { Id = Guid.NewGuid() })];

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => goods.WriteAllAsync(batch, Token))));

        Assert.All(results, r => Assert.True(r.IsCommitted));
        Assert.Single(results.Select(r => string.Join(',', r.Results.Select(x => ((WriteResult.Written)x).Change!.Sequence))).Distinct());
        Assert.Equal(30L, await goods.CountAsync(Querying.Filter.All, Token));
    }

    [Fact]
    public async Task Batch_OfEveryTypeOfValue_StoresAndGuardsAsSingleWritesDo()
    {
        var kinds = await TableAsync("kinds");
        var values = ValuesByField.Select(v => (Name: (string)v.Data.Item1, Value: Value(kinds.Schema[v.Data.Item1], v.Data.Item2))).ToList();
        Assert.True((await kinds.WriteAllAsync([.. values.Select((v, i) => new Write.Insert(Set(("id", (long)i), (v.Name, v.Value)), Ann))], Token)).IsCommitted);
        var read = new List<Record>();
        for (var i = 0; i < values.Count; i++)
        {
            read.Add((await kinds.GetAsync(new RecordKey((long)i), Token))!);
            Assert.True(Values.Same(kinds.Schema[values[i].Name], values[i].Value, read[i][values[i].Name]), $"{values[i].Name}: '{values[i].Value}' is '{read[i][values[i].Name]}'");
        }

        Write.Update Clear(int i, object? basis) => new(new RecordKey((long)i), Set((values[i].Name, null)), new Guard(Set((values[i].Name, basis))) { AllowSettled = false }, Ann);
        var refused = await kinds.WriteAllAsync([.. values.Select((v, i) => Clear(i, null))], Token);
        Assert.All(refused.Results, r => Assert.IsType<WriteResult.Conflicted>(r));
        var cleared = await kinds.WriteAllAsync([.. values.Select((v, i) => Clear(i, read[i][v.Name]))], Token);
        Assert.All(cleared.Results.Select((r, i) => (r, i)), x => Assert.True(x.r is WriteResult.Written, $"{values[x.i].Name}: {x.r}"));
        var restored = await kinds.WriteAllAsync([.. values.Select((v, i) => new Write.Update(new RecordKey((long)i), Set((v.Name, v.Value)), new Guard(Set((v.Name, null))), Ann))], Token);
        Assert.All(restored.Results.Select((r, i) => (Stored: Assert.IsType<WriteResult.Written>(r).Stored, i)), x => Assert.True(Values.Same(kinds.Schema[values[x.i].Name], values[x.i].Value, x.Stored[values[x.i].Name])));
    }

    [Fact]
    public async Task Batches_ThatCrossEachOther_AllEnd()
    {
        var pairs = await TableAsync("pairs");
        var keys = Enumerable.Range(0, 40).Select(i => new RecordKey("a", (long)i)).ToList();
        Assert.True((await pairs.WriteAllAsync([.. keys.Select(k => new Write.Insert(Set(("area", "a"), ("number", k.Values[1]), ("weight", 0.0)), Ann))], Token)).IsCommitted);

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(w => Task.Run(async () =>
        {
            var random = new Random(w);
            List<BatchResult> done = [];
            for (var round = 0; round < 5; round++)
            {
                var mixed = keys.OrderBy(_ => random.Next()).ToArray();
                done.Add(await pairs.WriteAllAsync([.. mixed.Select(k => new Write.Update(k, Set(("label", $"{w} {round}")), Guard.None, Ann))], Token));
            }

            return done;
        })));

        Assert.All(results.SelectMany(r => r), r => Assert.True(r.IsCommitted));
        Assert.Single((await pairs.QueryAsync(new() { First = 100 }, Token)).Records.Select(r => r["label"]).Distinct());
    }
}
