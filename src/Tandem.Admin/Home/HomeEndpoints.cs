using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Admin.RecordPages;
using Tandem.Admin.Shell;
using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Addresses;

namespace Tandem.Admin.Home;

/// <summary>The first page.</summary>
internal sealed record HomeModel(ShellModel Shell, string Served, string Heard, IReadOnlyList<string> Notes, IReadOnlyList<RecentChange> Recent, bool IsReadOnly);

/// <summary>A change with the record it was made to; no address when the record cannot be opened.</summary>
internal sealed record RecentChange(TableSchema Table, string Label, string? Href, HistoryEntry Entry);

/// <summary><c>/</c>: what is served and what changed lately.</summary>
internal static class HomeEndpoints
{
    private const int MostRecent = 15;

    public static void Map(IEndpointRouteBuilder endpoints, AdminSite site) =>
        endpoints.MapGet("/", site.Page(ShowAsync)).ExcludeFromDescription();

    private static async Task<IResult> ShowAsync(PageContext page)
    {
        var database = page.Database;
        var shell = await page.ShellAsync();
        var recent = await RecentAsync(page);
        return PageContext.View<HomePage>(new HomeModel(
            shell, $"{database.Name}, {database.Product}", database.Feed.Description, page.MayAdminister ? database.Notes : [], recent, database.IsReadOnly));
    }

    private static async Task<IReadOnlyList<RecentChange>> RecentAsync(PageContext page)
    {
        var changes = await page.Database.HistoryAsync(null, null, MostRecent * 3, page.Aborted);
        List<RecentChange> recent = [];
        foreach (var group in changes.GroupBy(c => c.Table))
        {
            if (page.Look(group.Key) is not { } table)
            {
                continue;
            }

            var schema = table.Schema;
            var keys = group.Where(c => c.Kind != ChangeKind.Reset).Select(c => c.Key).Distinct().ToList();
            var records = schema.IsKeyless || keys.Count == 0 ? [] : await table.GetManyAsync(keys, null, page.Aborted);
            var found = records.ToDictionary(r => r.Key);
            var known = group.ToList();
            foreach (var (change, entry) in known.Zip(await History.EntriesAsync(page, schema, known)))
            {
                var record = found.GetValueOrDefault(change.Key);
                if (record is null && change.Kind == ChangeKind.Reset)
                {
                    continue;
                }

                var label = record is not null ? schema.LabelOf(record) : Gone(schema, change);
                recent.Add(new RecentChange(schema, label, record is null ? null : Links.Record(schema, change.Key), entry));
            }
        }

        return [.. recent.OrderByDescending(r => r.Entry.At).Take(MostRecent)];
    }

    private static string Gone(TableSchema schema, Change change)
    {
        var words = schema.LabelFields.Select(f => ValueText.Plain(change.Before.GetValueOrDefault(f))).Where(t => t.Length > 0).ToList();
        return words.Count > 0 ? string.Join(' ', words) : string.Join(", ", change.Key.Values.Select(ValueText.Plain));
    }
}
