using Tandem.Access;
using Tandem.Admin.Shell;
using Tandem.Querying;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.SignIn;

namespace Tandem.Admin.Lists.Views;

/// <summary>The views of one table that one person sees.</summary>
internal sealed record SavedViews(IReadOnlyList<SavedView> Views, IReadOnlyList<string> Columns, bool IsKept, User User, bool MayShare)
{
    private const int MostViews = 500;

    /// <summary>What the table opens with: my default before my role's before everyone's.</summary>
    public SavedView? Default =>
        Views.Where(v => v.IsDefault && (v.Audience != "role" || v.Role == RoleNames.Of(User.Role))).MinBy(v => v.Audience switch { "mine" => 0, "role" => 1, _ => 2 });

    public static async Task<SavedViews> LoadAsync(PageContext page, TableSchema schema)
    {
        if (page.App.Database.FindSystem(SystemTables.ViewsName) is not { } table)
        {
            return new SavedViews([], [], false, page.User, false);
        }

        var found = await table.QueryAsync(new Query { Filter = Filter.Eq("table_name", schema.Name) & Seen(page), Order = [new Order("name")], First = MostViews }, page.Aborted);
        var views = found.Records.Select(SavedView.Of).ToList();
        var columns = views.Find(v => v.Audience == SavedView.ColumnsAudience);
        return new SavedViews(
            [.. views.Where(v => v != columns)],
            columns is null ? [] : ListState.Parse(schema, [KeyValuePair.Create("c", columns.Query)]).Columns,
            true,
            page.User,
            page.MayAdminister);
    }

    /// <summary>Views of every table the person sees, with their addresses.</summary>
    public static async Task<IReadOnlyList<(SavedView View, TableSchema Schema)>> AllAsync(PageContext page)
    {
        if (page.App.Database.FindSystem(SystemTables.ViewsName) is not { } table)
        {
            return [];
        }

        var found = await table.QueryAsync(new Query { Filter = Seen(page) & new Filter.Not(Filter.Eq("audience", SavedView.ColumnsAudience)), Order = [new Order("name")], First = MostViews }, page.Aborted);
        return [.. found.Records.Select(r => (SavedView.Of(r), page.Look((string)r["table_name"]!)?.Schema!))
            .Where(v => v.Item2 is not null)];
    }

    private static Filter Seen(PageContext page)
    {
        var mine = Filter.Eq("owner", page.User.Name) & new Filter.In("audience", ["mine", SavedView.ColumnsAudience]);
        var shared = Filter.Eq("audience", "everyone") | (Filter.Eq("audience", "role") & Filter.Eq("role", RoleNames.Of(page.User.Role)));
        // Who administers sees what they may manage: the views of every role.
        shared = page.MayAdminister ? new Filter.In("audience", ["everyone", "role"]) : shared;
        return mine | shared;
    }

    /// <summary>Whether a person may change a view: their own, and as an administrator those of many.</summary>
    public static bool MayManage(SavedView view, User user, bool administers) =>
        view.Audience is "mine" or SavedView.ColumnsAudience ? view.Owner == user.Name : administers;
}
