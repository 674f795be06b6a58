using Tandem.Records;
using Tandem.Schema;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Tests.Tables;

/// <summary>What tables in memory have in common beside the suite of tables.</summary>
public sealed class MemoryDatabaseTests
{
    private static readonly WriteContext s_ann = new("Ann");
    private readonly MemoryDatabase _database = Shop.InMemory();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public Task BatchThatNamesAnUnknownTableMidway_WritesNothing() =>
        AssertNothingIsLeftAsync<ArgumentException>(new TableWrite("unknown", new Write.Insert(Patch.Of("name", "Oat"), s_ann)));

    [Fact]
    public async Task BatchThatFailsMidway_WritesNothing()
    {
        // A table without a key gives no key in place of a temporary one.
        _database.Add(new TableSchema("notes", [new Field("text", FieldType.Text)], []));

        await AssertNothingIsLeftAsync<ArgumentOutOfRangeException>(new TableWrite("notes", new Write.Insert(Patch.Of("text", "x"), s_ann) { Temporary = TemporaryKey.New() }));

        Assert.Equal(0, await _database.Find("notes")!.CountAsync(Tandem.Querying.Filter.All, Token));
    }

    private async Task AssertNothingIsLeftAsync<T>(TableWrite failing)
        where T : Exception
    {
        var categories = _database.Find("categories")!;
        var insert = new TableWrite("categories", new Write.Insert(Patch.Of("name", "Bread"), s_ann));

        await Assert.ThrowsAnyAsync<T>(() => _database.WriteAllAsync([insert, failing], Token));

        Assert.Equal(0, await categories.CountAsync(Tandem.Querying.Filter.All, Token));
        Assert.IsType<WriteResult.Written>(await categories.WriteAsync(new Write.Insert(Patch.Of("name", "Cake"), s_ann), Token));
        Assert.Equal("Cake", Assert.Single(await _database.HistoryAsync(null, null, 10, Token)).After["name"]);
    }
}
