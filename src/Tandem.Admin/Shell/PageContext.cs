using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Access;
using Tandem.Admin.Errors;
using Tandem.Changes;
using Tandem.Querying;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Addresses;
using Tandem.Web;

namespace Tandem.Admin.Shell;

/// <summary>One request for a page: who asks, and what they may.</summary>
internal sealed class PageContext(AdminSite site, HttpContext http, User user)
{
    // Taken before anything is read, so that a page never misses a change between its reading and its connecting.
    private readonly Cursor _cursor = site.App.Database.Feed.Current;

    public AdminSite Site => site;

    public HttpContext Http => http;

    public User User => user;

    public TandemApp App => site.App;

    /// <summary>The database as this user may use it.</summary>
    public PermittedDatabase Database { get; } = site.App.For(user);

    public CancellationToken Aborted => http.RequestAborted;

    public WriteContext By => new(user.Name);

    public AccessDecision Decide(TableSchema? schema, TableAction action) => App.Access.Decide(user, schema, action);

    /// <summary>A table as this user may look at it: its records, or else its lists; null when there is none or neither may be seen.</summary>
    public PermittedTable? Look(string table) => Database.Look(table);

    /// <summary>Whether records of a table, or lists of it, may be seen.</summary>
    public bool MayLook(TableSchema schema) => Look(schema.Name) is not null;

    public bool MayAdminister => Decide(null, TableAction.Administer).IsAllowed;

    /// <summary>The table the path names, if it is there and may be seen.</summary>
    /// <returns>The table; or null and the page that says why.</returns>
    /// <param name="look">By which right it is looked at.</param>
    public async Task<(PermittedTable? Table, IResult? Refused)> TableAsync(TableAction look = TableAction.View)
    {
        var name = Links.TableOf(http);
        if (App.Find(name) is not { } whole)
        {
            return (null, await ErrorEndpoints.ShowAsync(this, 404, "There is no such table", $"Nothing here is called “{name}”. Choose a table from the list; if it was made a moment ago, an administrator can reload the schema."));
        }

        return Database.Find(name, look) is { } table
            ? (table, null)
            : (null, await ErrorEndpoints.ShowAsync(this, 403, "This is not for you to see", Decide(whole.Schema, look).Reason));
    }

    public async Task<ShellModel> ShellAsync(TableSchema? current = null)
    {
        List<TableLink> own = [], system = [];
        var visible = App.Database.Tables.Select(t => Look(t.Schema.Name)).OfType<PermittedTable>().ToList();
        // How many there are in all is for those who may see them all.
        var counts = await site.Counts.GetAsync([.. visible.Where(t => t.Visible.Filter is Filter.AllFilter).Select(t => t.Schema.Name)], Aborted);
        foreach (var table in visible)
        {
            (table.Schema.IsSystem ? system : own).Add(new TableLink(table.Schema, Links.Table(table.Schema.Name), counts.GetValueOrDefault(table.Schema.Name)));
        }

        return new ShellModel(
            user, App.Title, own, system, current?.Name, _cursor.Value, Database.SchemaVersion,
            site.Antiforgery.GetAndStoreTokens(http).RequestToken!, MayAdminister);
    }

    public static IResult View<TView>(object model, int status = 200)
        where TView : IComponent =>
        new RazorComponentResult<TView>(new Dictionary<string, object?> { ["Model"] = model }) { StatusCode = status };
}
