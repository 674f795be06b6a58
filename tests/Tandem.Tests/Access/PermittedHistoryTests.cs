using Tandem.Access;
using Tandem.Entities;
using Tandem.Records;
using Tandem.Specification.Access;
using Tandem.Tables;

namespace Tandem.Tests.Access;

/// <summary>What happened under a key that names another record now.</summary>
public sealed class PermittedHistoryTests
{
    private static readonly WriteContext s_by = new("Ana");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task History_OfAKeyTakenAgain_TellsNothingOfTheHiddenRecordBefore()
    {
        await using var database = new MemoryDatabase();
        var deals = database.Add(EntitySchema.Of(typeof(Deal), RightsOracle.Table));
        await AddAsync(deals, "north", "hush");
        await deals.WriteAsync(new Write.Update(new RecordKey(1L), Patch.Of("secret", "husher"), Guard.None, s_by), Token);
        await deals.WriteAsync(new Write.Delete(new RecordKey(1L), Guard.None, s_by), Token);
        await AddAsync(deals, "south", "plain");
        await using var book = new GrantBook("tandem_grants");
        book.Replace([new Grant("g", SubjectKind.Everyone, null, true, [TableAction.View]) { Table = RightsOracle.Table, Filter = "region eq 'south'" }]);
        var user = new PermittedDatabase(database, new Rights(false, book, []), new User("ann", Role.Member));

        var told = await user.HistoryAsync(RightsOracle.Table, new RecordKey(1L), 100, Token);
        var all = await user.Feed.MissedAsync(new Changes.Cursor("0"), 100, Token);

        Assert.Equal("plain", Assert.Single(told).After["secret"]);
        Assert.Equal("plain", Assert.Single(all).After["secret"]);
    }

    private static async Task AddAsync(ITable deals, string region, string secret) => Assert.IsType<WriteResult.Written>(await deals.WriteAsync(
        new Write.Insert(new Patch([new("id", 1L), new("region", region), new("amount", 1L), new("is_open", true), new("secret", secret)]), s_by), Token));
}
