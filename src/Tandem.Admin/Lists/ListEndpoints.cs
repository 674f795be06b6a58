using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Access;
using Tandem.Admin.Lists.Exporting;
using Tandem.Admin.Lists.Filters;
using Tandem.Admin.Lists.Groups;
using Tandem.Admin.Lists.Importing;
using Tandem.Admin.Lists.Views;
using Tandem.Admin.Shell;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Forms;
using Tandem.Web.Live;

namespace Tandem.Admin.Lists;

/// <summary><c>/t/{table}</c>: a table's records, a page at a time.</summary>
internal static class ListEndpoints
{
    private const int PageSize = 50;
    private const int MostColumns = 24;

    public static void Map(IEndpointRouteBuilder endpoints, AdminSite site)
    {
        endpoints.ServiceProvider.GetRequiredService<ListFilters>().ReadBy((schema, search) => ListQuery.ForLive(schema, search, site.Clock.GetUtcNow()));
        endpoints.MapGet("/t/{table}", site.Page(ShowAsync)).ExcludeFromDescription();
        ViewEndpoints.Map(endpoints, site);
        ExportEndpoints.Map(endpoints, site);
        ImportEndpoints.Map(endpoints, site);
    }

    private static async Task<IResult> ShowAsync(PageContext page)
    {
        var (table, refused) = await page.TableAsync(TableAction.List);
        if (table is null)
        {
            return refused!;
        }

        var schema = table.Schema;
        var query = page.Http.Request.Query;
        var pairs = query.SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key, v ?? ""))).ToList();
        var state = ListState.Parse(schema, pairs);
        if (query["af"].ToString() is { Length: > 0 } added && schema.Find(added) is { IsSecret: false } field)
        {
            // The filter form sends field, operator and value apart; the address keeps them as one.
            var operation = query["ao"].ToString();
            var value = query["av"].ToString();
            return operation is "empty" or "full" || value.Length > 0
                ? Results.LocalRedirect("~" + state.With(new ColumnFilter(field, operation, operation is "empty" or "full" ? "" : value)).Url(schema.Name))
                : Results.LocalRedirect("~" + state.Url(schema.Name));
        }

        var views = await SavedViews.LoadAsync(page, schema);
        if (pairs.Count == 0 && views.Default is { } byDefault && await IsUsableAsync(page, schema, byDefault))
        {
            return Results.LocalRedirect("~" + byDefault.Url(schema));
        }

        var builder = FilterBuilding.Read(page, schema, state, pairs);
        return builder is { Applied: { } applied }
            ? Results.LocalRedirect("~" + applied.Url(schema.Name))
            : PageContext.View<ListPage>(await LoadAsync(page, table, builder?.Shown ?? state, views, pairs) with { Builder = builder });
    }

    /// <summary>A view outlives the fields it names. One that cannot be shown any more must not stand before its table for everybody.</summary>
    private static async Task<bool> IsUsableAsync(PageContext page, TableSchema schema, SavedView view)
    {
        try
        {
            var address = view.Url(schema);
            var state = ListState.Parse(schema, QueryHelpers.ParseQuery(address[(address.IndexOf('?', StringComparison.Ordinal) + 1)..]).SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key, v ?? ""))));
            await ListQuery.FilterAsync(page, schema, state);
            return state.Order is not { } order || schema.Find(order.Field) is not null;
        }
        catch (QueryException)
        {
            return false;
        }
    }

    private static async Task<ListModel> LoadAsync(PageContext page, PermittedTable table, ListState state, SavedViews views, IReadOnlyList<KeyValuePair<string, string>> query)
    {
        var schema = table.Schema;
        var filter = await ListQuery.FilterAsync(page, schema, state);
        var columns = Columns(schema, state.Columns.Count > 0 ? state.Columns : views.Columns);
        var groups = state.Grouping.IsOn ? await GroupLoader.LoadAsync(page, table, state, filter) : null;
        var backward = state.Before is not null || state.Last;
        var records = groups is not null ? new Page([], null, null) : await table.QueryAsync(
            new Query
            {
                Filter = filter,
                Order = state.Order is { } order ? [order] : [],
                First = PageSize,
                After = state.Before ?? state.After,
                Backward = backward,
                Fields = [.. columns.Select(c => c.Name).Union(ActivationMarks.Fields(schema))],
            },
            page.Aborted);
        var referred = records.Records.SelectMany(r => columns.Select(c => ReferredValue.Of(schema, c.Name, r[c.Name]))).OfType<ReferredValue>();
        var labels = await ReferenceLabels.ReadAsync(page.Look, referred, page.Aborted);
        var shell = await page.ShellAsync(schema);
        RecordCount? total = groups is not null ? new RecordCount(groups.Whole.Count, true)
            : state.Count
            ? new RecordCount(await table.CountAsync(filter, page.Aborted), true)
            : records is { Next: null, Previous: null } ? new RecordCount(records.Records.Count, true)
            : state.LeavesOut(schema) || table.Visible.Filter is not Filter.AllFilter ? null
            : shell.Tables.Concat(shell.SystemTables).FirstOrDefault(t => t.Schema.Name == schema.Name)?.Count;
        var change = page.Decide(schema, TableAction.Change);
        var marks = new ActivationMarks(schema, page.Site.Clock.GetUtcNow());
        return new ListModel(
            shell, schema, state, columns, records, labels, total, page.Decide(schema, TableAction.Add), change.IsAllowed ? null : change.Reason)
        {
            Views = new ViewMenuModel(schema, state, views, shell.FormToken, page.User),
            ColumnMenu = ColumnMenuModel.Of(schema, state, columns, query, views.IsKept, shell.FormToken),
            Groups = groups,
            Marks = marks,
            Ties = new PageTies(page),
            Opens = schema.IsKeyless || page.Database.Find(schema.Name) is null ? null : columns.FirstOrDefault(c => schema.LabelFields.Contains(c.Name)) ?? columns[0],
        };
    }

    /// <summary>The key and what records are called come first; content that is no use in a list stays away.</summary>
    private static IReadOnlyList<Field> Columns(TableSchema schema, IReadOnlyList<string> chosen)
    {
        if (chosen.Select(schema.Find).OfType<Field>().Where(f => !f.IsSecret).ToList() is { Count: > 0 } fields)
        {
            return fields;
        }

        var shown = schema.Fields.Where(f => !f.IsSecret);
        return schema.Fields.Count <= 8
            ? [.. shown]
            : [.. shown.OrderBy(f => schema.IsKeyField(f.Name) ? 0 : schema.LabelFields.Contains(f.Name) ? 1 : 2).Take(MostColumns)];
    }
}
