using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Live;

namespace Tandem.Web.Tests.Live;

/// <summary>What a page is told of a change, and what it is not.</summary>
public sealed class PageChangeTests
{
    private static readonly Filter s_dear = new Filter.Compare("price", CompareOperator.GreaterOrEqual, 3m);

    [Fact]
    public void Make_UpdateOfAShownRecord_BringsOnlyTheFieldsShown()
    {
        var watched = Made.Watch(false, 1) with { Fields = new HashSet<string> { "price" } };

        var message = Make(Made.Formatted(Made.Change(1, ChangeKind.Update, Patch.Of("price", 4.80m).With("name", "Rye")), ("price", Made.Field("4.80")), ("name", Made.Field("Rye"))), watched);

        Assert.Equal("update", message!.Kind);
        Assert.Equal(["price"], message.Fields!.Keys);
    }

    [Fact]
    public void Make_InsertOutsideTheListsFilter_SaysNothing()
    {
        var watched = Made.Watch(true) with { Filter = s_dear };

        Assert.Null(Make(Made.Formatted(Made.Insert(5, 2.99m)), watched));
        Assert.Equal("insert", Make(Made.Formatted(Made.Insert(5, 3m)), watched)!.Kind);
    }

    [Fact]
    public void Make_InsertTheSourceToldLittleAbout_IsAnnounced()
    {
        var watched = Made.Watch(true) with { Filter = s_dear };

        Assert.Equal("insert", Make(Made.Formatted(Made.Change(5, ChangeKind.Insert, Patch.Of("id", 5L))), watched)!.Kind);
    }

    [Fact]
    public void Make_UpdateOfARecordNotShown_CountsOnlyWhenItDecidesThePlace()
    {
        var watched = Made.Watch(true, 1) with { Deciding = new HashSet<string> { "price" } };

        Assert.Null(Make(Made.Formatted(Made.Change(2, ChangeKind.Update, Patch.Of("name", "Oat"))), watched));
        Assert.Equal("moved", Make(Made.Formatted(Made.Change(2, ChangeKind.Update, Patch.Of("price", 4m))), watched)!.Kind);
    }

    [Theory]
    [InlineData(2.00, 2.50, false)]
    [InlineData(2.00, 3.50, true)]
    [InlineData(3.50, 4.00, false)]
    [InlineData(3.50, 2.00, true)]
    public void Make_UpdateUnderAFilter_MovesOnlyWhatPassesItsBorder(double before, double after, bool moves)
    {
        var change = Made.Change(2, ChangeKind.Update, Patch.Of("price", (decimal)after)) with { Before = Patch.Of("price", (decimal)before) };
        var elsewhere = Made.Watch(true, 1) with { Filter = s_dear };
        var shown = Made.Watch(true, 2) with { Filter = s_dear };

        Assert.Equal(moves ? "moved" : null, Make(Made.Formatted(change), elsewhere)?.Kind);
        Assert.Equal(moves, Make(Made.Formatted(change), shown)!.Moves);
    }

    [Fact]
    public void Make_ReferenceTheUserMayNotSee_LosesItsName()
    {
        var secret = new TableSchema("salaries", [new Field("id", FieldType.Integer)], ["id"]);
        var field = new ShownField("Salary", "7", "7", "Low", "High", "/t/salaries/7");
        var content = Made.Formatted(Made.Change(1, ChangeKind.Update, Patch.Of("price", 7m)), ("price", field)) with
        {
            Targets = new Dictionary<string, TableSchema> { ["price"] = secret },
        };

        var told = PageChange.Make(content, Made.Watch(false, 1), _ => false)!.Fields!["price"];

        Assert.Null(told.Label);
        Assert.Null(told.Href);
        Assert.Null(told.Before);
        Assert.Equal("7", told.Text);
    }

    private static LiveChange? Make(FormattedChange content, Watched watched) => PageChange.Make(content, watched, _ => true);
}
