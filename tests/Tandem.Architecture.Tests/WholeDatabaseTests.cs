using System.Text.RegularExpressions;
using Xunit;

namespace Tandem.Architecture.Tests;

/// <summary>What people ask for goes through the database as they may use it. Who takes the whole one says why here.</summary>
public sealed partial class WholeDatabaseTests
{
    private static readonly Dictionary<string, string> s_whole = new(StringComparer.Ordinal)
    {
        ["Tandem.Web/Live/LiveBroker.cs"] = "reads the one feed of all changes; each page hears what its user may",
        ["Tandem.Web/Live/LiveBroker.Watch.cs"] = "places in the feed, and the reason of a refusal",
        ["Tandem.Web/Live/LiveBroker.Pump.cs"] = "places in the feed and the schema's number",
        ["Tandem.Web/Live/LiveBroker.Rights.cs"] = "compares what a user may do with what it was",
        ["Tandem.Web/Live/ChangeFormatter.cs"] = "formats a change once for all; each page is told the fields its user may see",
        ["Tandem.Web/Live/HeldRecords.cs"] = "removes what a page that is gone had brought",
        ["Tandem.Web/Live/Lists/SharedLists.cs"] = "standing queries run on shared live tables, with the user's filter and fields",
        ["Tandem.Web/Live/Lists/RowFormatter.cs"] = "addresses of records referred to, whose names are asked for apart",
        ["Tandem.Web/Live/Leases/FieldLeases.cs"] = "keeps the leases table",
        ["Tandem.Web/Live/Leases/FieldLeases.Telling.cs"] = "finds the pages that show a record",
        ["Tandem.Web/Parts/LivePage.cs"] = "the place in the feed, and whether a page names a table that is there",
        ["Tandem.Web/Rest/ApiCall.cs"] = "tells a table that is not there from one that may not be looked at",
        ["Tandem.Web/Rest/TablesApi.cs"] = "names of tables, each looked at as the user may; estimates of those that may be seen whole",
        ["Tandem.Web/OpenApi/OpenApiEndpoint.cs"] = "names of tables, each looked at as the user may",
        ["Tandem.Web/Streams/ChangeStream.cs"] = "reads the feed; each change is told as the user may hear it",
        ["Tandem.Web/Streams/ChangesApi.cs"] = "names of tables and places in the feed",
        ["Tandem.Web/SignIn/UserStore.Tokens.cs"] = "keeps accounts",
        ["Tandem.Web/Rights/GrantWriter.cs"] = "keeps grants, for administrators",
        ["Tandem.Web/Rights/Explaining.cs"] = "explains rights, for administrators or about oneself",
        ["Tandem.Web/Rights/ViewingAs.cs"] = "keeps who looked as whom",
        ["Tandem.Admin/Shell/PageContext.cs"] = "tells a table that is not there from one that may not be looked at",
        ["Tandem.Admin/Shell/TableCounts.cs"] = "counts shared by all who may see all of a table",
        ["Tandem.Admin/Schema/SchemaEndpoints.cs"] = "reads the schema again, for administrators",
        ["Tandem.Admin/Rights/RightsEndpoints.cs"] = "names of tables, for administrators",
        ["Tandem.Admin/Lists/Views/SavedViews.cs"] = "keeps views, each of its owner's table",
        ["Tandem.Admin/Lists/Views/ViewEndpoints.cs"] = "keeps views, each of its owner's table",
    };

    [Fact]
    public void Edge_TakesTheWholeDatabase_OnlyWhereItSaysWhy()
    {
        var source = Path.Combine(Repository.Root, "src");
        var takes = new[] { "Tandem.Web", "Tandem.Admin" }
            .SelectMany(p => Directory.EnumerateFiles(Path.Combine(source, p), "*.*", SearchOption.AllDirectories))
            .Where(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".razor", StringComparison.Ordinal))
            .Where(f => Whole().IsMatch(File.ReadAllText(f)))
            .Select(f => Path.GetRelativePath(source, f).Replace('\\', '/'))
            .ToHashSet(StringComparer.Ordinal);

        Assert.Empty(takes.Except(s_whole.Keys));
        Assert.Empty(s_whole.Keys.Except(takes));
    }

    [GeneratedRegex(@"\b(app|App)\.(Database|Find|LiveAsync)\b", RegexOptions.CultureInvariant)]
    private static partial Regex Whole();
}
