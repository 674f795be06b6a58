using Microsoft.AspNetCore.Http;
using Tandem.Admin.Lists;
using Tandem.Admin.Shell;
using Tandem.Querying;
using Tandem.Records;

namespace Tandem.Admin.RecordPages;

/// <summary><c>/t/{table}/options?q=&amp;field=</c>: what a reference can point to, by name.</summary>
internal static partial class RecordEndpoints
{
    private const int MostOptions = 20;

    private sealed record Option(string Value, string Label);

    private static async Task<IResult> OptionsAsync(PageContext page)
    {
        var (table, refused) = await page.TableAsync();
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

        var filter = ListQuery.Quick(schema, query["q"].ToString().Trim()) & page.Visible(schema)!;
        var found = await table.QueryAsync(
            new Query
            {
                Filter = filter,
                Order = [.. schema.LabelFields.Take(1).Select(f => new Order(f))],
                First = MostOptions,
                Fields = [.. schema.LabelFields, field],
            },
            page.Aborted);
        return Results.Json(found.Records.Select(r => new Option(ValueText.Plain(r[field]), schema.LabelOf(r))));
    }
}
