using Microsoft.AspNetCore.Http;
using Tandem.Access;
using Tandem.Admin.Shell;
using Tandem.Records;

namespace Tandem.Admin.RecordPages;

/// <summary><c>/t/{table}/options?q=&amp;field=</c>: what a reference can point to, by name.</summary>
internal static partial class RecordEndpoints
{
    /// <summary>Says that the time for a search was up before all records were looked through.</summary>
    private const string CutHeader = "X-Tandem-Search";

    /// <summary>From how many records on a search is bounded in time.</summary>
    private const long LargeTable = 50_000;

    /// <summary>Says that the user may add a record to choose.</summary>
    private const string NewHeader = "X-Tandem-New";

    private sealed record Option(string Value, string Label);

    private static async Task<IResult> OptionsAsync(PageContext page)
    {
        var (table, refused) = await page.TableAsync(TableAction.List);
        if (table is null)
        {
            return refused!;
        }

        var schema = table.Schema;
        var query = page.Http.Request.Query;
        var field = query["field"].ToString() is { Length: > 0 } named && schema.Find(named) is { IsSecret: false } ? named : schema.Key.FirstOrDefault();
        if (field is null)
        {
            return Results.Json(Array.Empty<Option>());
        }

        var counts = await page.Site.Counts.GetAsync([schema.Name], page.Aborted);
        var isLarge = !(counts.GetValueOrDefault(schema.Name) is { Value: < LargeTable });
        var search = new OptionSearch(table, [.. schema.LabelFields, field], isLarge);
        var found = await search.FindAsync(query["q"].ToString().Trim(), page.Aborted);
        if (search.IsCut)
        {
            page.Http.Response.Headers[CutHeader] = "cut";
        }

        if (page.Decide(schema, TableAction.Add).IsAllowed)
        {
            page.Http.Response.Headers[NewHeader] = "1";
        }

        return Results.Json(found.Select(r => new Option(ValueText.Plain(r[field]), schema.LabelOf(r))));
    }
}
