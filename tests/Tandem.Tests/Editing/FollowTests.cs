using Tandem.Editing;
using Tandem.Live;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Specification.Tables;
using Tandem.Tables;
using Tandem.Tests.Live;

namespace Tandem.Tests.Editing;

/// <summary>How an edit follows theirs, and how it ends.</summary>
public sealed class FollowTests
{
    private readonly MemoryDatabase _database = Shop.InMemory();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ITable Goods => _database.Find("goods")!;

    [Fact]
    public async Task Changes_OfOthersAndOfOtherRecords_AreFollowedWithoutReading()
    {
        var counting = new CountingTable(Goods);
        var (mine, other) = (await AddAsync("Rye"), await AddAsync("Spelt"));
        using var edit = (await RecordEdit.OpenAsync(_database, counting, mine, "Bob", Token))!;
        var reads = counting.Reads;
        for (var i = 0; i < 50; i++)
        {
            await WriteAsync(other, "stock", 100L + i);
            await WriteAsync(mine, "stock", 100L + i);
        }

        await HeardAsync(edit, "note", () => WriteAsync(mine, "note", "last"));

        Assert.Equal((149L, "last"), (edit["stock"], edit["note"]));
        Assert.Equal(reads, counting.Reads);
    }

    [Fact]
    public async Task Handler_ThatThrows_IsToldAndFollowingGoesOn()
    {
        var key = await AddAsync("Rye");
        using var edit = (await RecordEdit.OpenAsync(_database, Goods, key, "Bob", new RecordEditOptions { Clock = new QuickClock() }, Token))!;
        var fault = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        edit.Faulted += e => fault.TrySetResult(e);
        void Throwing(IReadOnlyCollection<string> fields) => throw new InvalidOperationException("the handler's own");
        edit.Changed += Throwing;
        await WriteAsync(key, "note", "one");
        Assert.Equal("the handler's own", (await fault.Task.WaitAsync(TimeSpan.FromSeconds(10), Token)).Message);
        edit.Changed -= Throwing;

        await HeardAsync(edit, "note", () => WriteAsync(key, "note", "two"));

        Assert.Equal("two", edit["note"]);
    }

    [Fact]
    public async Task Refresh_TakesInWhatChangedAndListsConflictsWithWho()
    {
        var key = await AddAsync("Rye");
        using var edit = (await RecordEdit.OpenAsync(_database, Goods, key, "Bob", Token))!;
        edit["price"] = 5m;
        await WriteAsync(key, "price", 4m);
        await WriteAsync(key, "note", "theirs");

        var conflict = Assert.Single(await edit.RefreshAsync(Token));

        Assert.Equal(("price", 5m, 4m, "Ann"), (conflict.Field, conflict.Mine, conflict.Theirs, conflict.By));
        Assert.Equal("theirs", edit["note"]);
        await Goods.WriteAsync(new Write.Delete(key, Guard.None, new WriteContext("Ann")), Token);
        await edit.RefreshAsync(Token);
        Assert.True(edit.IsGone);
        Assert.Equal(5m, edit["price"]);
    }

    [Fact]
    public async Task EndedEdit_SaysSoWhateverItIsAskedToDoAndCanStillBeRead()
    {
        var edit = (await RecordEdit.OpenAsync(_database, Goods, await AddAsync("Rye"), "Bob", Token))!;
        edit["note"] = "mine";
        edit.Dispose();
        edit.Dispose();

        Assert.Throws<ObjectDisposedException>(() => edit["note"] = "x");
        Assert.Throws<ObjectDisposedException>(edit.Revert);
        Assert.Throws<ObjectDisposedException>(() => edit.Revert("note"));
        Assert.Throws<ObjectDisposedException>(() => edit.Resolve("note", Resolution.Mine));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => edit.SaveAsync(Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => edit.RefreshAsync(Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            var unit = new UnitOfWork(_database, "Bob");
            unit.Add(edit);
            await unit.SaveAsync(Token);
        });
        Assert.Equal("mine", edit["note"]);
        Assert.Equal(["note"], edit.ModifiedFields);
    }

    [Fact]
    public async Task ValueThatTheSourceStoresOtherwise_IsPartlySavedWithBothValues()
    {
        // A counted version is such a value: whoever sends one finds the source's own.
        var notes = _database.Add(new TableSchema(
            "notes",
            [new Field("id", FieldType.Integer) { IsNullable = false, IsIdentity = true, HasDefault = true }, new Field("text", FieldType.Text), new Field("version", FieldType.Integer) { HasDefault = true, DefaultValue = 1L }],
            ["id"])
        { VersionField = "version" });
        using var edit = notes.New("Bob", _database);
        await edit.SaveAsync(Token);
        (edit["text"], edit["version"]) = ("hello", 9L);

        var partly = Assert.IsType<SaveResult.PartlySaved>(await edit.SaveAsync(Token));

        Assert.Equal(new StoredDifference("version", 9L, 2L), Assert.Single(partly.Fields));
        Assert.Equal(2L, edit["version"]);
        Assert.Empty(edit.ModifiedFields);
    }

    [Fact]
    public async Task Operation_AndIdsOfSaves_AreInTheJournal()
    {
        var key = await AddAsync("Rye");
        using var edit = (await RecordEdit.OpenAsync(_database, Goods, key, "Bob", new RecordEditOptions { Operation = "stock-taking" }, Token))!;
        edit["stock"] = 1L;
        await edit.SaveAsync(Token);
        edit["stock"] = 2L;
        await edit.SaveAsync(Token);

        var history = await Goods.HistoryAsync(key, 2, Token);
        Assert.All(history, c => Assert.Equal(("Bob", "stock-taking"), (c.Actor, c.Operation)));
        Assert.Equal(2, history.Select(c => Assert.NotNull(c.WriteId)).Distinct().Count());
    }

    [Fact]
    public async Task EditsOverALiveTable_MergeAsOverItsSource()
    {
        var key = await AddAsync("Rye");
        await using var live = await LiveTable.OpenAsync(Goods, null, Token);
        var options = new RecordEditOptions();
        options.Policies["stock"] = FieldPolicy.Add;
        using var edit = (await live.EditAsync(key, "Bob", _database, options, Token))!;
        edit["stock"] = 8L;
        await HeardAsync(edit, "stock", () => WriteAsync(key, "stock", 10L));

        Assert.Equal(11L, edit["stock"]);
        Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));
        Assert.Equal(11L, (await Goods.GetAsync(key, Token))!["stock"]);
    }

    private async Task<RecordKey> AddAsync(string name) => Assert.IsType<WriteResult.Written>(await Goods.WriteAsync(
        new Write.Insert(new Patch([new("name", name), new("price", 3.50m)]), new WriteContext("Ann")), Token)).Stored.Key;

    private async Task WriteAsync(RecordKey key, string field, object? value) =>
        Assert.IsType<WriteResult.Written>(await Goods.WriteAsync(new Write.Update(key, Patch.Of(field, value), Guard.None, new WriteContext("Ann")), Token));

    private static async Task HeardAsync(RecordEdit edit, string field, Func<Task> act)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Hear(IReadOnlyCollection<string> fields) => _ = fields.Contains(field) && heard.TrySetResult();
        edit.Changed += Hear;
        await act();
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);
        edit.Changed -= Hear;
    }
}
