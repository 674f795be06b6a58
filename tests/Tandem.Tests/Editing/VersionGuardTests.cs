using Tandem.Editing;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Tests.Editing;

/// <summary>Edits that demand the record as a whole to be unchanged.</summary>
public sealed class VersionGuardTests
{
    private readonly MemoryDatabase _database = new();
    private readonly ITable _notes;

    public VersionGuardTests() => _notes = _database.Add(new TableSchema(
        "notes",
        [
            new Field("id", FieldType.Integer) { IsNullable = false, IsIdentity = true, HasDefault = true },
            new Field("text", FieldType.Text), new Field("mark", FieldType.Integer),
            new Field("version", FieldType.Integer) { HasDefault = true, DefaultValue = 1L },
        ],
        ["id"])
    { VersionField = "version" });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ChangeOfAnotherField_IsAConflictThatNamesWhatIWasToSave()
    {
        using var edit = await OpenAsync();
        edit["text"] = "mine";
        await WriteAsync(edit.Key, "mark", 5L);

        var conflicted = Assert.IsType<SaveResult.Conflicted>(await edit.SaveAsync(Token));

        var conflict = Assert.Single(conflicted.Conflicts);
        Assert.Equal(("text", "old", "mine", "old", "Ann"), (conflict.Field, conflict.Base, conflict.Mine, conflict.Theirs, conflict.By));
        Assert.Equal("text", Assert.Single(edit.Conflicts).Field);
        Assert.IsType<SaveResult.Saved>(await ResolvedAsync(edit));
        var stored = (await _notes.GetAsync(edit.Key, Token))!;
        Assert.Equal(("mine", 5L, 3L), (stored["text"], stored["mark"], stored["version"]));
    }

    [Fact]
    public async Task SavesOfOnePerson_FollowTheirOwnVersion()
    {
        using var edit = await OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            edit["text"] = $"text {i}";
            Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));
        }

        Assert.Equal(6L, (await _notes.GetAsync(edit.Key, Token))!["version"]);
    }

    [Fact]
    public async Task ChangesHeardBeforeTyping_MoveTheVersionAlong()
    {
        using var edit = await OpenAsync();
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        edit.Changed += _ => heard.TrySetResult();
        await WriteAsync(edit.Key, "mark", 5L);
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);
        edit["text"] = "mine";

        Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));
    }

    [Fact]
    public async Task PolicyField_GoesOnWithoutAsking()
    {
        using var edit = await OpenAsync(("mark", FieldPolicy.Add));
        edit["mark"] = 1L;
        await WriteAsync(edit.Key, "text", "theirs");

        Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));
        Assert.Empty(edit.Conflicts);
    }

    [Fact]
    public async Task TableWithoutVersions_IsRefusedAtOnce()
    {
        var shop = Shop.InMemory();
        var goods = shop.Find("goods")!;
        var added = Assert.IsType<WriteResult.Written>(await goods.WriteAsync(new Write.Insert(Patch.Of("name", "Rye"), new WriteContext("Ann")), Token));

        await Assert.ThrowsAsync<ArgumentException>(() =>
            RecordEdit.OpenAsync(shop, goods, added.Stored.Key, "Bob", new RecordEditOptions { Guard = GuardMode.Version }, Token));
    }

    private static Task<SaveResult> ResolvedAsync(RecordEdit edit)
    {
        edit.Resolve("text", Resolution.Mine);
        Assert.Empty(edit.Conflicts);
        return edit.SaveAsync(Token);
    }

    private async Task<RecordEdit> OpenAsync(params (string Field, FieldPolicy Policy)[] policies)
    {
        var options = new RecordEditOptions { Guard = GuardMode.Version };
        foreach (var (field, policy) in policies)
        {
            options.Policies[field] = policy;
        }

        var added = Assert.IsType<WriteResult.Written>(await _notes.WriteAsync(new Write.Insert(new Patch([new("text", "old"), new("mark", 0L)]), new WriteContext("Ann")), Token));
        return (await RecordEdit.OpenAsync(_database, _notes, added.Stored.Key, "Bob", options, Token))!;
    }

    private async Task WriteAsync(RecordKey key, string field, object value) =>
        Assert.IsType<WriteResult.Written>(await _notes.WriteAsync(new Write.Update(key, Patch.Of(field, value), Guard.None, new WriteContext("Ann")), Token));
}
