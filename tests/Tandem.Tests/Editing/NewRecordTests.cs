using Tandem.Editing;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Tests.Editing;

/// <summary>New records have a key before they are stored.</summary>
public sealed class NewRecordTests
{
    private readonly MemoryDatabase _database = Shop.InMemory();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UuidKey_IsGivenAtOnceRisesWithTimeAndStays()
    {
        var notes = _database.Add(new TableSchema("notes", [new Field("id", FieldType.Uuid) { IsNullable = false }, new Field("text", FieldType.Text)], ["id"]));
        using var edit = notes.New("Bob", _database);
        using var later = notes.New("Bob", _database);
        var key = edit.Key;
        Assert.Equal(7, Assert.IsType<Guid>(key.Values[0]).Version);
        Assert.NotEqual(key, later.Key);
        Assert.Equal(key.Values[0], edit["id"]);
        edit["text"] = "hello";
        Assert.Equal(["text"], edit.ModifiedFields);

        var created = Assert.IsType<SaveResult.Created>(await edit.SaveAsync(Token));

        Assert.Equal(key, created.Key);
        Assert.Equal(key, edit.Key);
        Assert.Equal("hello", (await notes.GetAsync(key, Token))!["text"]);
    }

    [Fact]
    public async Task NumberedKey_IsTemporaryUntilStored()
    {
        var goods = _database.Find("goods")!;
        using var edit = goods.New("Bob", _database);
        Assert.IsType<TemporaryKey>(Assert.Single(edit.Key.Values));
        Assert.True(edit.IsNew);
        edit["name"] = "Rye";

        await edit.SaveAsync(Token);

        Assert.Equal(new RecordKey(1L), edit.Key);
        Assert.False(edit.IsNew);
    }

    [Fact]
    public async Task NaturalKey_IsWhatWasTyped()
    {
        using var edit = _database.Find("pairs")!.New("Bob", _database);
        Assert.Equal(new RecordKey(null, null), edit.Key);
        (edit["area"], edit["number"]) = ("north", 3L);
        Assert.Equal(new RecordKey("north", 3L), edit.Key);

        Assert.IsType<SaveResult.Created>(await edit.SaveAsync(Token));
    }

    [Fact]
    public async Task UuidPartOfAKeyThatRefersElsewhere_IsNotMadeUp()
    {
        var lines = _database.Add(new TableSchema(
            "lines", [new Field("order_id", FieldType.Uuid) { IsNullable = false }, new Field("id", FieldType.Uuid) { IsNullable = false }], ["order_id", "id"])
        {
            References = [new Reference(["order_id"], "orders", ["id"])],
        });
        using var edit = lines.New("Bob", _database);

        Assert.Null(edit.Key.Values[0]);
        Assert.IsType<Guid>(edit.Key.Values[1]);
        Assert.IsType<SaveResult.Rejected>(await edit.SaveAsync(Token));
    }

    [Fact]
    public async Task Reference_ToARecordThatIsNotStoredYet_IsRefusedWithTheRemedy()
    {
        using var category = _database.Find("categories")!.New("Bob", _database);
        using var edit = _database.Find("goods")!.New("Bob", _database);
        edit["name"] = "Rye";
        edit["category_id"] = category.Key.Values[0];

        var rejected = Assert.IsType<SaveResult.Rejected>(await edit.SaveAsync(Token));

        Assert.Equal("category_id", Assert.Single(rejected.Errors).Field);
        Assert.Equal(0, await _database.Find("goods")!.CountAsync(Filter.All, Token));
    }

    [Fact]
    public async Task RejectedCreate_MayBeMendedAndSavedAgain()
    {
        using var edit = _database.Find("goods")!.New("Bob", _database);
        edit["price"] = 1m;
        var rejected = Assert.IsType<SaveResult.Rejected>(await edit.SaveAsync(Token));
        Assert.Equal("name", Assert.Single(rejected.Errors).Field);
        Assert.True(edit.HasErrors);
        edit["name"] = "Rye";

        Assert.IsType<SaveResult.Created>(await edit.SaveAsync(Token));
        Assert.False(edit.HasErrors);
        Assert.Empty(edit.ModifiedFields);
    }
}
