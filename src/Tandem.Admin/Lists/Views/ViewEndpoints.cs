using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Admin.Errors;
using Tandem.Admin.Shell;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Addresses;
using Tandem.Web.SignIn;

namespace Tandem.Admin.Lists.Views;

/// <summary><c>POST /views</c>: views are saved, changed and deleted, and columns chosen. Only administrators make views for others.</summary>
internal static class ViewEndpoints
{
    private const int LongestQuery = 8000;

    public static void Map(IEndpointRouteBuilder endpoints, AdminSite site)
    {
        endpoints.MapPost("/views", site.Page(AnswerAsync)).ExcludeFromDescription();
        endpoints.MapGet("/views", site.Page(ListAsync)).ExcludeFromDescription();
    }

    /// <summary>For the palette: what can be gone to.</summary>
    private static async Task<IResult> ListAsync(PageContext page) =>
        Results.Json((await SavedViews.AllAsync(page)).Select(v => new { label = v.View.Name, note = v.Schema.Label, href = v.View.Url(v.Schema) }));

    private static async Task<IResult> AnswerAsync(PageContext page)
    {
        var form = await page.Http.Request.ReadFormAsync(page.Aborted);
        if (page.Look(form["table"].ToString()) is not { } list)
        {
            return await ErrorEndpoints.ShowAsync(page, 404, "There is no such table", "Choose a table from the list.");
        }

        var what = form["do"].ToString();
        var schema = list.Schema;
        var views = page.App.Database.FindSystem(SystemTables.ViewsName);
        if (what is "columns" or "plain-columns")
        {
            return await ColumnsAsync(page, views, schema, form, what);
        }

        return views is null
            ? await ErrorEndpoints.ShowAsync(page, 409, "Views cannot be saved here", "This database is read-only. Keep the address of the list instead; it holds everything.")
            : what == "save" ? await SaveAsync(page, views, schema, form) : await ManageAsync(page, views, schema, form, what);
    }

    private static async Task<IResult> SaveAsync(PageContext page, ITable views, TableSchema schema, IFormCollection form)
    {
        var (name, audience, query) = (form["name"].ToString().Trim(), form["audience"].ToString(), form["query"].ToString());
        var isRole = RoleNames.TryParse(audience, out _);
        if ((isRole || audience == "everyone") && !page.MayAdminister)
        {
            return await ErrorEndpoints.ShowAsync(page, 403, "Views for others are made by administrators", "Save it for yourself, or ask an administrator to save it for everyone.");
        }

        if (name.Length is 0 or > 100 || name.Any(char.IsControl) || query.Length > LongestQuery || query is not ("" or ['?', ..]))
        {
            return await ErrorEndpoints.ShowAsync(page, 400, "This view cannot be saved", "Give it a name of 1 to 100 characters. Its filter may have at most 8,000.");
        }

        var view = new SavedView(Guid.CreateVersion7(page.Site.Clock.GetUtcNow()).ToString(), name, page.User.Name, isRole ? "role" : audience == "everyone" ? "everyone" : "mine", isRole ? audience : null, form["default"] == "1", query);
        List<Write> writes = [new Write.Insert(Values(view, schema), page.By)];
        if (view.IsDefault)
        {
            writes.AddRange(await OthersAsync(page, views, schema, view));
        }

        return await WriteAsync(page, views, writes, view.Url(schema));
    }

    private static async Task<IResult> ManageAsync(PageContext page, ITable views, TableSchema schema, IFormCollection form, string what)
    {
        var record = await views.GetAsync(new RecordKey(form["id"].ToString()), page.Aborted);
        if (record is null)
        {
            return await ErrorEndpoints.ShowAsync(page, 404, "This view is gone", "Somebody deleted it meanwhile. Save the list again under a name.");
        }

        var view = SavedView.Of(record);
        if (!SavedViews.MayManage(view, page.User, page.MayAdminister))
        {
            return await ErrorEndpoints.ShowAsync(page, 403, "This view is not yours to change", "Save the list under a name of your own instead.");
        }

        var query = form["query"].ToString();
        List<Write> writes = what switch
        {
            "rename" => [Change(record, Patch.Of("name", form["name"].ToString().Trim()), page)],
            "update" when query is "" or ['?', ..] && query.Length <= LongestQuery => [Change(record, Patch.Of("query", query), page)],
            "default" => [Change(record, Patch.Of("is_default", true), page), .. await OthersAsync(page, views, schema, view)],
            "no-default" => [Change(record, Patch.Of("is_default", false), page)],
            "delete" => [new Write.Delete(record.Key, Guard.None, page.By)],
            _ => [],
        };
        return await WriteAsync(page, views, writes, what switch
        {
            "delete" => Links.Table(schema.Name) + "?view=all",
            "update" => (view with { Query = query }).Url(schema),
            _ => view.Url(schema),
        });
    }

    private static async Task<IResult> ColumnsAsync(PageContext page, ITable? views, TableSchema schema, IFormCollection form, string what)
    {
        var state = ListState.Parse(schema, form.SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key, v ?? ""))));
        var ticked = form["col"].ToHashSet(StringComparer.Ordinal);
        var columns = what == "columns" ? form["order"].Where(ticked.Contains).Select(c => c!).ToList() : [];
        if (form["keep"] == "1" && views is not null)
        {
            var mine = await views.QueryAsync(
                new Query { Filter = Filter.Eq("table_name", schema.Name) & Filter.Eq("owner", page.User.Name) & Filter.Eq("audience", SavedView.ColumnsAudience) }, page.Aborted);
            List<Write> writes = [.. mine.Records.Select(r => new Write.Delete(r.Key, Guard.None, page.By))];
            if (columns.Count > 0)
            {
                var kept = new SavedView(Guid.CreateVersion7(page.Site.Clock.GetUtcNow()).ToString(), "Columns", page.User.Name, SavedView.ColumnsAudience, null, false, string.Join(',', columns.Select(Uri.EscapeDataString)));
                writes.Add(new Write.Insert(Values(kept, schema), page.By));
            }

            return await WriteAsync(page, views, writes, (state with { Columns = columns, View = state.View ?? "all" }).Url(schema.Name));
        }

        return Results.LocalRedirect("~" + (state with { Columns = columns, View = state.View ?? "all" }).Url(schema.Name));
    }

    /// <summary>Only one view opens first for the same people.</summary>
    private static async Task<IEnumerable<Write>> OthersAsync(PageContext page, ITable views, TableSchema schema, SavedView view)
    {
        var alike = Filter.Eq("table_name", schema.Name) & Filter.Eq("audience", view.Audience) & Filter.Eq("is_default", true) & Filter.Eq("role", view.Role);
        alike = view.Audience == "mine" ? alike & Filter.Eq("owner", view.Owner) : alike;
        var found = await views.QueryAsync(new Query { Filter = alike }, page.Aborted);
        return found.Records.Where(r => (string?)r["id"] != view.Id).Select(r => Change(r, Patch.Of("is_default", false), page));
    }

    private static Write.Update Change(Record record, Patch set, PageContext page) => new(record.Key, set, Guard.None, page.By);

    private static Patch Values(SavedView view, TableSchema schema) => new([
        new("id", view.Id), new("table_name", schema.Name), new("name", view.Name), new("owner", view.Owner), new("audience", view.Audience),
        new("role", view.Role), new("is_default", view.IsDefault), new("query", view.Query)]);

    private static async Task<IResult> WriteAsync(PageContext page, ITable views, IReadOnlyList<Write> writes, string then)
    {
        if (writes.Count == 0)
        {
            return Results.LocalRedirect("~" + then);
        }

        return await views.WriteAllAsync(writes, page.Aborted) is { IsCommitted: true }
            ? Results.LocalRedirect("~" + then)
            : await ErrorEndpoints.ShowAsync(page, 409, "The view was not saved", "Its name must have 1 to 100 characters, and nobody may have deleted it meanwhile. Go back and try again.");
    }
}
