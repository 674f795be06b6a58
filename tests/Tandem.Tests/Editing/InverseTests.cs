using Tandem.Changes;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Tests.Editing;

/// <summary>Changes of the journal taken back by their inverse.</summary>
public sealed class InverseTests
{
    private static readonly WriteContext s_bob = new("Bob");
    private readonly MemoryDatabase _database = Shop.InMemory();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ITable Goods => _database.Find("goods")!;

    [Fact]
    public async Task Update_TakenBack_RestoresOnlyWhatItChanged()
    {
        var key = await AddAsync();
        var change = await WriteAsync(new Write.Update(key, new Patch([new("price", 5m), new("note", "new")]), Guard.None, s_bob));
        await WriteAsync(new Write.Update(key, Patch.Of("stock", 1L), Guard.None, s_bob));

        var saved = Assert.IsType<SaveResult.Saved>(await RecordSaver.RevertChangeAsync(_database, Goods, change, s_bob, Token));

        Assert.Equal((3.50m, "dark", 1L), (saved.Stored["price"], saved.Stored["note"], saved.Stored["stock"]));
    }

    [Fact]
    public async Task Update_ChangedSince_ConflictsAndIsLeftAlone()
    {
        var key = await AddAsync();
        var change = await WriteAsync(new Write.Update(key, new Patch([new("price", 5m), new("note", "new")]), Guard.None, s_bob));
        await WriteAsync(new Write.Update(key, Patch.Of("price", 6m), Guard.None, new WriteContext("Ann")));

        var conflicted = Assert.IsType<SaveResult.Conflicted>(await RecordSaver.RevertChangeAsync(_database, Goods, change, s_bob, Token));

        var conflict = Assert.Single(conflicted.Conflicts);
        Assert.Equal(("price", 5m, 3.50m, 6m, "Ann"), (conflict.Field, conflict.Base, conflict.Mine, conflict.Theirs, conflict.By));
        Assert.Equal("new", (await Goods.GetAsync(key, Token))!["note"]);
    }

    [Fact]
    public async Task Insert_TakenBack_DeletesTheRecordUnlessItWentOn()
    {
        var key = await AddAsync();
        var inserted = Assert.Single(await Goods.HistoryAsync(key, 10, Token));
        var update = await WriteAsync(new Write.Update(key, Patch.Of("note", "used"), Guard.None, s_bob));
        Assert.IsType<SaveResult.Conflicted>(await RecordSaver.RevertChangeAsync(_database, Goods, inserted, s_bob, Token));
        Assert.IsType<SaveResult.Saved>(await RecordSaver.RevertChangeAsync(_database, Goods, update, s_bob, Token));

        Assert.IsType<SaveResult.Saved>(await RecordSaver.RevertChangeAsync(_database, Goods, inserted, s_bob, Token));
        Assert.Null(await Goods.GetAsync(key, Token));
        Assert.IsType<SaveResult.Gone>(await RecordSaver.RevertChangeAsync(_database, Goods, inserted, s_bob, Token));
    }

    [Fact]
    public async Task Delete_TakenBack_BringsTheRecordBackAsItWas()
    {
        var key = await AddAsync();
        var before = (await Goods.GetAsync(key, Token))!;
        var change = await WriteAsync(new Write.Delete(key, Guard.None, s_bob));

        var created = Assert.IsType<SaveResult.Created>(await RecordSaver.RevertChangeAsync(_database, Goods, change, s_bob, Token));

        Assert.Equal(key, created.Key);
        Assert.True(before.DifferencesTo(created.Stored).IsEmpty);
        Assert.IsType<SaveResult.Rejected>(await RecordSaver.RevertChangeAsync(_database, Goods, change, s_bob, Token));
    }

    [Fact]
    public async Task EveryChange_TakenBackTwice_IsThereAgain()
    {
        var key = await AddAsync();
        var change = await WriteAsync(new Write.Update(key, Patch.Of("price", 5m), Guard.None, s_bob));
        await RecordSaver.RevertChangeAsync(_database, Goods, change, s_bob, Token);
        var back = (await Goods.HistoryAsync(key, 1, Token))[0];

        await RecordSaver.RevertChangeAsync(_database, Goods, back, s_bob, Token);

        Assert.Equal(5m, (await Goods.GetAsync(key, Token))!["price"]);
    }

    [Fact]
    public async Task ChangeOfAnotherProgram_WithoutBefore_IsRefusedWithTheReason()
    {
        var key = await AddAsync();
        var change = new Change(default, 9, DateTimeOffset.UnixEpoch, Actors.Elsewhere, null, "goods", key, ChangeKind.Update, Patch.Empty, Patch.Of("price", 3.50m));

        var rejected = Assert.IsType<SaveResult.Rejected>(await RecordSaver.RevertChangeAsync(_database, Goods, change, s_bob, Token));

        Assert.Contains("another program", Assert.Single(rejected.Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ChangeKind.Reset)]
    [InlineData(ChangeKind.Delete)]
    public void ChangeThatTellsTooLittle_HasNoInverse(ChangeKind kind)
    {
        var change = new Change(default, 9, DateTimeOffset.UnixEpoch, "Ann", null, "goods", new RecordKey(1L), kind, Patch.Of("name", "Rye"), Patch.Empty);

        var inverse = Inverse.Of(Goods.Schema, change, s_bob);

        Assert.Null(inverse.Write);
        Assert.StartsWith("This change cannot be taken back.", inverse.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ContentThatTheJournalDoesNotKeep_HasNoInverse()
    {
        var blob = Blob.FromContent(new byte[] { 1, 2, 3 });
        var lean = new Blob(blob.Length, blob.Head, blob.Digest);
        var change = new Change(default, 9, DateTimeOffset.UnixEpoch, "Ann", null, "kinds", new RecordKey(1L), ChangeKind.Update, Patch.Of("bytes", lean), Patch.Of("bytes", null));

        var inverse = Inverse.Of(_database.Find("kinds")!.Schema, change, s_bob);

        Assert.Contains("content of Bytes", inverse.Reason, StringComparison.Ordinal);
    }

    private async Task<RecordKey> AddAsync() =>
        (await WriteAsync(new Write.Insert(new Patch([new("name", "Rye"), new("price", 3.50m), new("note", "dark")]), new WriteContext("Ann")))).Key;

    private async Task<Change> WriteAsync(Write write) => Assert.IsType<WriteResult.Written>(await Goods.WriteAsync(write, Token)).Change!;
}
