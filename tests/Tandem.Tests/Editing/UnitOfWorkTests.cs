using Tandem.Editing;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Tests.Editing;

/// <summary>Edits of several tables that are saved together.</summary>
public sealed class UnitOfWorkTests
{
    private readonly MemoryDatabase _memory = Shop.InMemory();
    private readonly FlakyDatabase _database;

    public UnitOfWorkTests() => _database = new FlakyDatabase(_memory);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ITable Goods => _database.Find("goods")!;

    private ITable Categories => _database.Find("categories")!;

    [Fact]
    public async Task ParentsAndChildren_AreStoredUnderTheKeysTheSourceGave()
    {
        var unit = Unit();
        var child = unit.New(Goods);
        var parent = unit.New(Categories);
        (child["name"], child["category_id"]) = ("Rye", parent.Key.Values[0]);
        parent["name"] = "Bread";

        var result = await unit.SaveAsync(Token);

        Assert.True(result.IsSaved);
        Assert.All(result.Entries, e => Assert.IsType<SaveResult.Created>(e.Result));
        Assert.Equal(parent.Key.Values[0], child["category_id"]);
        Assert.Equal(parent.Key.Values[0], (await Goods.GetAsync(child.Key, Token))!["category_id"]);
        Assert.Equal([child.Key, parent.Key], result.Entries.Select(e => e.Key));
        Assert.Equal([child.Key, parent.Key], _database.TakenIn);
        Assert.Empty(child.ModifiedFields);
        Assert.Equal(1, _database.Arrived);
    }

    [Fact]
    public async Task StoredEdits_GoOnFollowingAndCanBeSavedAgain()
    {
        var unit = Unit();
        var edit = unit.New(Goods);
        edit["name"] = "Rye";
        await unit.SaveAsync(Token);
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        edit.Changed += f => _ = f.Contains("note") && heard.TrySetResult();
        await Goods.WriteAsync(new Write.Update(edit.Key, Patch.Of("note", "theirs"), Guard.None, new WriteContext("Ann")), Token);
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);
        Assert.Equal("theirs", edit["note"]);
        edit["price"] = 2m;

        Assert.IsType<SaveResult.Saved>(Assert.Single((await unit.SaveAsync(Token)).Entries).Result);
        Assert.Equal(2m, (await Goods.GetAsync(edit.Key, Token))!["price"]);
    }

    [Fact]
    public async Task Conflict_OfOneRecord_StoresNothingAndNamesTableKeyAndField()
    {
        var (rye, bread) = (await AddAsync(Goods, "Rye"), await AddAsync(Categories, "Bread"));
        var unit = Unit();
        var one = unit.Add(await OpenAsync(Goods, rye, "Bob"));
        var other = unit.Add(await OpenAsync(Categories, bread, "Bob"));
        var added = unit.New(Goods);
        added["name"] = "Spelt";
        (one["note"], other["name"]) = ("mine", "mine");
        await WriteAsync(Goods, rye, "note", "theirs");

        var result = await unit.SaveAsync(Token);

        Assert.False(result.IsSaved);
        var conflict = Assert.Single(result.Conflicts);
        Assert.Equal(("goods", rye, "note", "mine", "theirs", "Ann"), (conflict.Table, conflict.Key, conflict.Conflict.Field, conflict.Conflict.Mine, conflict.Conflict.Theirs, conflict.Conflict.By));
        Assert.Null(result.Entries[1].Result);
        Assert.Equal("Bread", (await Categories.GetAsync(bread, Token))!["name"]);
        Assert.Equal(1, await Goods.CountAsync(Filter.All, Token));
        Assert.Equal("mine", other["name"]);

        one.Resolve("note", Resolution.Mine);
        Assert.True((await unit.SaveAsync(Token)).IsSaved);
        Assert.Equal("mine", (await Categories.GetAsync(bread, Token))!["name"]);
        Assert.Equal(2, await Goods.CountAsync(Filter.All, Token));
    }

    [Fact]
    public async Task TwoPeople_OnOtherFieldsOfTheSameRecords_BothLand()
    {
        var keys = new[] { await AddAsync(Goods, "Rye"), await AddAsync(Goods, "Spelt") };
        var ann = Unit();
        var bob = Unit();
        foreach (var key in keys)
        {
            ann.Add(await OpenAsync(Goods, key, "Ann"))["price"] = 1m;
            bob.Add(await OpenAsync(Goods, key, "Bob"))["note"] = $"note of {key}";
        }

        Assert.All(await Task.WhenAll(ann.SaveAsync(Token), bob.SaveAsync(Token)), r => Assert.True(r.IsSaved));
        foreach (var key in keys)
        {
            var stored = (await Goods.GetAsync(key, Token))!;
            Assert.Equal((1m, $"note of {key}"), (stored["price"], stored["note"]));
        }
    }

    [Fact]
    public async Task Counters_OfManyUnits_LandAllOrNoneEachTime()
    {
        var keys = new[] { await AddAsync(Goods, "Rye"), await AddAsync(Goods, "Spelt") };
        await Task.WhenAll(Enumerable.Range(0, 6).Select(n => Task.Run(async () =>
        {
            var unit = new UnitOfWork(_memory, $"Writer {n}");
            var edits = new List<RecordEdit>();
            foreach (var key in n % 2 == 0 ? keys : [.. keys.Reverse()])
            {
                var options = new RecordEditOptions();
                options.Policies["stock"] = FieldPolicy.Add;
                edits.Add(unit.Add((await RecordEdit.OpenAsync(_memory, _memory.Find("goods")!, key, $"Writer {n}", options, Token))!));
            }

            for (var i = 0; i < 20; i++)
            {
                edits.ForEach(e => e.Update("stock", seen => (long)seen! + 1));
                Assert.True((await unit.SaveAsync(Token)).IsSaved);
            }

            edits.ForEach(e => e.Dispose());
        }, Token)));

        foreach (var key in keys)
        {
            Assert.Equal(7L + 120, (await Goods.GetAsync(key, Token))!["stock"]);
        }
    }

    [Fact]
    public async Task Rejected_OfOneRecord_StoresNothingAndShowsTheErrors()
    {
        var unit = Unit();
        var parent = unit.New(Categories);
        var child = unit.New(Goods);
        (child["name"], child["category_id"], child["price"]) = ("Rye", parent.Key.Values[0], -1m);

        var result = await unit.SaveAsync(Token);

        Assert.False(result.IsSaved);
        Assert.Contains(result.Errors, e => (e.Table, e.Error.Field) == ("categories", "name"));
        Assert.True(parent.HasErrors);
        (parent["name"], child["price"]) = ("Bread", 1m);
        Assert.True((await unit.SaveAsync(Token)).IsSaved);
    }

    [Fact]
    public async Task Reference_ToANewRecordOutsideTheUnit_IsRefusedAndStoresNothing()
    {
        var unit = Unit();
        var (parent, child, other) = (unit.New(Categories), unit.New(Goods), unit.New(Goods));
        (parent["name"], child["name"], child["category_id"], other["name"]) = ("Bread", "Rye", parent.Key.Values[0], "Oat");
        unit.Remove(parent);

        var result = await unit.SaveAsync(Token);

        Assert.False(result.IsSaved);
        var error = Assert.Single(result.Errors);
        Assert.Equal(("goods", child.Key, "category_id"), (error.Table, error.Key, error.Error.Field));
        Assert.NotEmpty(child.GetErrors("category_id"));
        Assert.Null(result.Entries[1].Result);
        Assert.Equal(0, await Goods.CountAsync(Filter.All, Token));
        unit.Add(parent);
        Assert.True((await unit.SaveAsync(Token)).IsSaved);
        Assert.Equal(2, await Goods.CountAsync(Filter.All, Token));
        Assert.False(child.HasErrors);
    }

    [Fact]
    public async Task Deletions_GoWithTheRestOnlyWhileTheRecordIsAsItWasSeen()
    {
        var (rye, spelt) = (await AddAsync(Goods, "Rye"), await AddAsync(Goods, "Spelt"));
        var seen = (await Goods.GetAsync(rye, Token))!;
        var unit = Unit();
        var edit = unit.Add(await OpenAsync(Goods, spelt, "Bob"));
        edit["note"] = "the only one";
        unit.Delete(Goods, seen);
        await WriteAsync(Goods, rye, "note", "theirs");

        var refused = await unit.SaveAsync(Token);
        Assert.Equal("note", Assert.Single(refused.Conflicts).Conflict.Field);
        Assert.NotNull(await Goods.GetAsync(rye, Token));

        var again = Unit();
        again.Add(edit);
        again.Delete(Goods, (await Goods.GetAsync(rye, Token))!);
        Assert.True((await again.SaveAsync(Token)).IsSaved);
        Assert.Null(await Goods.GetAsync(rye, Token));
        Assert.Equal(1, again.Count);
    }

    [Fact]
    public async Task Deletion_OfWhatIsGoneAlready_IsNoObstacle()
    {
        var (rye, spelt) = (await AddAsync(Goods, "Rye"), await AddAsync(Goods, "Spelt"));
        var unit = Unit();
        var edit = unit.Add(await OpenAsync(Goods, spelt, "Bob"));
        edit["note"] = "mine";
        unit.Delete(Goods, rye);
        await Goods.WriteAsync(new Write.Delete(rye, Guard.None, new WriteContext("Ann")), Token);

        var result = await unit.SaveAsync(Token);

        Assert.True(result.IsSaved);
        Assert.IsType<SaveResult.Gone>(result.Entries[1].Result);
        Assert.Equal("mine", (await Goods.GetAsync(spelt, Token))!["note"]);
    }

    [Theory]
    [InlineData(nameof(Cut.BeforeArrival))]
    [InlineData(nameof(Cut.BeforeAnswer))]
    public async Task Save_WhoseLineBreaks_IsDoneOnce(string cut)
    {
        var rye = await AddAsync(Goods, "Rye");
        var unit = Unit();
        var options = new RecordEditOptions { Clock = new QuickClock() };
        options.Policies["stock"] = FieldPolicy.Add;
        var edit = unit.Add((await RecordEdit.OpenAsync(_database, Goods, rye, "Bob", options, Token))!);
        edit["stock"] = 8L;
        var added = unit.New(Goods);
        added["name"] = "Spelt";
        _database.Next(Enum.Parse<Cut>(cut));

        Assert.True((await unit.SaveAsync(Token)).IsSaved);

        Assert.Equal(8L, (await Goods.GetAsync(rye, Token))!["stock"]);
        Assert.Equal(2, await Goods.CountAsync(Filter.All, Token));
        Assert.Equal(3, (await _memory.HistoryAsync("goods", null, 10, Token)).Count);
    }

    [Fact]
    public async Task Save_CancelledAfterItArrived_IsFoundOutByTheNextThoughOneEditWentOn()
    {
        var rye = await AddAsync(Goods, "Rye");
        var unit = Unit();
        var edit = unit.Add(await OpenAsync(Goods, rye, "Bob"));
        var added = unit.New(Goods);
        (edit["note"], added["name"]) = ("mine", "Spelt");
        _database.Next(Cut.Cancelled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => unit.SaveAsync(Token));
        edit["note"] = "mine, later";

        Assert.True((await unit.SaveAsync(Token)).IsSaved);

        Assert.Equal("mine, later", (await Goods.GetAsync(rye, Token))!["note"]);
        Assert.Equal(2, await Goods.CountAsync(Filter.All, Token));
        Assert.Equal(new RecordKey(2L), added.Key);
    }

    [Fact]
    public async Task Save_WithoutAnyAnswer_FailsOpenly()
    {
        var unit = Unit();
        unit.New(Goods)["name"] = "Rye";
        _database.IsDown = true;

        var result = await unit.SaveAsync(Token);

        Assert.False(result.IsSaved);
        Assert.True(result.Failure!.IsOutcomeUnknown);
        _database.IsDown = false;
        Assert.True((await unit.SaveAsync(Token)).IsSaved);
    }

    [Fact]
    public async Task UnitWithoutChanges_WritesNothing()
    {
        var unit = Unit();
        Assert.True((await unit.SaveAsync(Token)).IsSaved);
        unit.Add(await OpenAsync(Goods, await AddAsync(Goods, "Rye"), "Bob"));
        var arrived = _database.Arrived;

        var result = await unit.SaveAsync(Token);

        Assert.IsType<SaveResult.Saved>(Assert.Single(result.Entries).Result);
        Assert.Equal(arrived, _database.Arrived);
    }

    [Fact]
    public void FullUnit_TakesNoMore()
    {
        var unit = Unit();
        for (var i = 0; i < UnitOfWork.Limit; i++)
        {
            unit.Delete(Goods, new RecordKey((long)i));
        }

        Assert.Contains("10000", Assert.Throws<ArgumentException>(() => unit.New(Goods)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TableOfAnotherDatabase_IsRefused()
    {
        var other = new MemoryDatabase();
        var table = other.Add(new TableSchema("elsewhere", [new Field("id", FieldType.Integer)], ["id"]));

        Assert.Throws<ArgumentException>(() => Unit().New(table));
    }

    private UnitOfWork Unit() => new(_database, "Bob", new UnitOfWorkOptions { Clock = new QuickClock() });

    private async Task<RecordEdit> OpenAsync(ITable table, RecordKey key, string actor) =>
        (await RecordEdit.OpenAsync(_database, table, key, actor, new RecordEditOptions { Clock = new QuickClock() }, Token))!;

    private static async Task<RecordKey> AddAsync(ITable table, string name) =>
        Assert.IsType<WriteResult.Written>(await table.WriteAsync(new Write.Insert(Patch.Of("name", name), new WriteContext("Ann")), Token)).Stored.Key;

    private static async Task WriteAsync(ITable table, RecordKey key, string field, object? value) =>
        Assert.IsType<WriteResult.Written>(await table.WriteAsync(new Write.Update(key, Patch.Of(field, value), Guard.None, new WriteContext("Ann")), Token));
}
