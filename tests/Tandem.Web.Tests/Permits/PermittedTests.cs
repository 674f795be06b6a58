using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.Permits;

namespace Tandem.Web.Tests.Permits;

public sealed class PermittedTests
{
    private static readonly Filter s_fresh = new Filter.Compare("status", CompareOperator.Equal, "fresh");

    [Fact]
    public async Task Only_records_of_the_filter_are_found()
    {
        var table = Shop.Create().Find("products")!;
        var written = await table.WriteAsync(new Write.Insert(new Patch([new("name", "Rye"), new("status", "stale")]), new WriteContext("Ana")), Http.Cancelled);
        var key = Assert.IsType<WriteResult.Written>(written).Stored.Key;
        Assert.NotNull(await Permitted.FindAsync(table, key, Filter.All, Http.Cancelled));
        Assert.Null(await Permitted.FindAsync(table, key, s_fresh, Http.Cancelled));
        Assert.Null(await Permitted.FindAsync(table, key, Filter.None, Http.Cancelled));
    }

    [Fact]
    public void New_values_are_asked_with_their_defaults()
    {
        var schema = Shop.Create().Find("products")!.Schema;
        Assert.True(Permitted.Holds(s_fresh, schema, Patch.Of("name", "Rye")));
        Assert.False(Permitted.Holds(s_fresh, schema, Patch.Of("status", "stale")));
    }
}
