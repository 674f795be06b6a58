using Tandem.Editing;
using Tandem.Live;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Tests.Editing;

/// <summary>One person's work on one record while others work on it too.</summary>
public sealed class RecordEditTests
{
    private readonly MemoryDatabase _database = Shop.InMemory();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ITable Goods => _database.Find("goods")!;

    [Fact]
    public async Task Edits_OfTwoPeopleOnOtherFields_BothLand()
    {
        var key = await AddAsync();
        using var ann = await OpenAsync(key, "Ann");
        using var bob = await OpenAsync(key, "Bob");
        ann["price"] = 4m;
        bob["note"] = "light";

        Assert.IsType<SaveResult.Saved>(await ann.SaveAsync(Token));
        Assert.IsType<SaveResult.Saved>(await bob.SaveAsync(Token));

        var stored = (await Goods.GetAsync(key, Token))!;
        Assert.Equal((4m, "light"), (stored["price"], stored["note"]));
        Assert.Empty(ann.Conflicts);
        Assert.Empty(ann.ModifiedFields);
    }

    [Fact]
    public async Task Edits_OfTheSameField_ConflictTellingBothSidesByWhomAndWhen()
    {
        var key = await AddAsync();
        using var ann = await OpenAsync(key, "Ann");
        using var bob = await OpenAsync(key, "Bob");
        ann["price"] = 4m;
        bob["price"] = 5m;
        await ann.SaveAsync(Token);

        var result = Assert.IsType<SaveResult.Conflicted>(await bob.SaveAsync(Token));

        var conflict = Assert.Single(result.Conflicts);
        Assert.Equal(("price", 3.50m, 5m, 4m, "Ann"), (conflict.Field, conflict.Base, conflict.Mine, conflict.Theirs, conflict.By));
        Assert.NotNull(conflict.At);
        Assert.Equal(5m, bob["price"]);
        Assert.Equal(4m, Assert.Single(bob.Conflicts).Theirs);

        bob.Resolve("price", Resolution.Mine);
        Assert.Empty(bob.Conflicts);
        Assert.IsType<SaveResult.Saved>(await bob.SaveAsync(Token));
        Assert.Equal(5m, (await Goods.GetAsync(key, Token))!["price"]);
    }

    [Fact]
    public async Task Conflict_GivenUp_TakesTheirs()
    {
        var key = await AddAsync();
        using var bob = await OpenAsync(key, "Bob");
        bob["price"] = 5m;
        await WriteAsync(key, "price", 4m);
        Assert.IsType<SaveResult.Conflicted>(await bob.SaveAsync(Token));

        bob.Revert("price");

        Assert.Equal(4m, bob["price"]);
        Assert.Empty(bob.ModifiedFields);
        Assert.IsType<SaveResult.Saved>(await bob.SaveAsync(Token));
        Assert.Equal(2, (await _database.HistoryAsync("goods", key, 10, Token)).Count);
    }

    [Fact]
    public async Task Theirs_WhileIEdit_MoveUntouchedFieldsAndStandBesideTouchedOnes()
    {
        var key = await AddAsync();
        using var bob = await OpenAsync(key, "Bob");
        bob["price"] = 5m;

        await HearAsync(bob, () => WriteAsync(key, "note", "theirs"));
        await HearAsync(bob, () => WriteAsync(key, "price", 4m));

        Assert.Equal("theirs", bob["note"]);
        Assert.Equal(5m, bob["price"]);
        var conflict = Assert.Single(bob.Conflicts);
        Assert.Equal((4m, "Ann"), (conflict.Theirs, conflict.By));
        await HearAsync(bob, () => WriteAsync(key, "price", 5m));
        Assert.Empty(bob.Conflicts);
        Assert.Empty(bob.ModifiedFields);
    }

    [Fact]
    public async Task Record_DeletedMeanwhile_IsGoneAndTheDraftStays()
    {
        var key = await AddAsync();
        using var bob = await OpenAsync(key, "Bob");
        bob["note"] = "mine";

        await HearAsync(bob, () => Goods.WriteAsync(new Write.Delete(key, Guard.None, new WriteContext("Ann")), Token));

        Assert.True(bob.IsGone);
        Assert.IsType<SaveResult.Gone>(await bob.SaveAsync(Token));
        Assert.Equal("mine", bob["note"]);
    }

    [Fact]
    public async Task NewRecord_Saved_GoesOnUnderItsKeyAndFollowsOthers()
    {
        using var edit = RecordEdit.New(_database, Goods, "Bob");
        Assert.Equal(7L, edit["stock"]);
        edit["price"] = 1m;
        Assert.IsType<SaveResult.Rejected>(await edit.SaveAsync(Token));
        edit["name"] = "Rye";

        var created = Assert.IsType<SaveResult.Created>(await edit.SaveAsync(Token));

        Assert.Equal(created.Key, edit.Key);
        Assert.Empty(edit.ModifiedFields);
        await HearAsync(edit, () => WriteAsync(created.Key, "note", "theirs"), "note");
        Assert.Equal("theirs", edit["note"]);
        edit["price"] = 2m;
        Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));
        Assert.Equal(1, await Goods.CountAsync(Tandem.Querying.Filter.All, Token));
    }

    [Fact]
    public async Task Save_OfAnUnchangedEdit_WritesNothing()
    {
        var key = await AddAsync();
        using var edit = await OpenAsync(key, "Bob");
        edit["price"] = 9m;
        edit["price"] = 3.5m;

        Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));

        Assert.Single(await _database.HistoryAsync("goods", key, 10, Token));
    }

    [Fact]
    public async Task Saves_InQuickSuccession_NeverConflictWithTheirOwnEcho()
    {
        var key = await AddAsync();
        await using var live = await LiveTable.OpenAsync(Goods, null, Token);
        using var edit = (await RecordEdit.OpenAsync(_database, live, key, "Bob", Token))!;
        for (var i = 0; i < 500; i++)
        {
            edit["stock"] = (long)i + 100;
            var result = await edit.SaveAsync(Token);
            Assert.True(result is SaveResult.Saved, $"save {i}: {result}");
            Assert.Equal((long)i + 100, edit["stock"]);
        }

        Assert.Equal(599L, (await Goods.GetAsync(key, Token))!["stock"]);
    }

    [Fact]
    public async Task Edit_OfNoRecord_IsNone() => Assert.Null(await RecordEdit.OpenAsync(_database, Goods, new RecordKey(99L), "Bob", Token));

    [Fact]
    public async Task Edit_ThatEnded_RefusesToGoOn()
    {
        var edit = await OpenAsync(await AddAsync(), "Bob");
        edit.Dispose();
        edit.Dispose();

        Assert.Throws<ObjectDisposedException>(() => edit.Set("note", "x"));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => edit.SaveAsync(Token));
    }

    private async Task<RecordKey> AddAsync() => Assert.IsType<WriteResult.Written>(await Goods.WriteAsync(
        new Write.Insert(new Patch([new("name", "Rye"), new("price", 3.50m), new("note", "dark")]), new WriteContext("Ann")), Token)).Stored.Key;

    private async Task<RecordEdit> OpenAsync(RecordKey key, string actor) => (await RecordEdit.OpenAsync(_database, Goods, key, actor, Token))!;

    private Task<WriteResult> WriteAsync(RecordKey key, string field, object? value) =>
        Goods.WriteAsync(new Write.Update(key, Patch.Of(field, value), Guard.None, new WriteContext("Ann")), Token);

    private static async Task HearAsync(RecordEdit edit, Func<Task<WriteResult>> write, string? field = null)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Hear(IReadOnlyCollection<string> fields)
        {
            if (field is null || fields.Count == 1 && fields.Contains(field))
            {
                heard.TrySetResult();
            }
        }

        edit.Changed += Hear;
        Assert.IsType<WriteResult.Written>(await write());
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);
        edit.Changed -= Hear;
    }
}
