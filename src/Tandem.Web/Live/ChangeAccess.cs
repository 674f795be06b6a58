using Tandem.Access;
using Tandem.Changes;
using Tandem.Querying;
using Tandem.Schema;
using Tandem.Web.SignIn;

namespace Tandem.Web.Live;

/// <summary>Decides, for the changes of one batch, which pages may hear of what. Each question is asked once for all pages of a user.</summary>
internal sealed class ChangeAccess(TandemApp app, UserStore users)
{
    private readonly Dictionary<string, PermittedDatabase?> _databases = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Rights, Change Change), Change?> _heard = [];

    /// <summary>The table as a page's user may use it; null when there is none, or the user may not look at it or is gone.</summary>
    public PermittedTable? Table(LiveConnection page, string table) => Database(page)?.Look(table);

    /// <summary>The table as a page's user may list it; null when there is none, or the user may not list it or is gone.</summary>
    public PermittedTable? List(LiveConnection page, string table) => Database(page)?.Find(table, TableAction.List);

    /// <summary>What a page hears of a change; null for nothing.</summary>
    public async ValueTask<Change?> HeardAsync(LiveConnection page, Change change, CancellationToken cancellationToken)
    {
        if (Table(page, change.Table) is not { } table)
        {
            return null;
        }

        if (table.Visible.Filter is Filter.AllFilter)
        {
            return PermittedChanges.Masked(change, table.Schema);
        }

        if (!_heard.TryGetValue((page.RightsKey, change), out var heard))
        {
            _heard[(page.RightsKey, change)] = heard = (await Database(page)!.SeenAsync([change], cancellationToken)).FirstOrDefault();
        }

        return heard;
    }

    /// <summary>Whether a page may name every record of a table.</summary>
    public bool MayName(LiveConnection page, TableSchema target) => Table(page, target.Name) is { } table && table.NamesAll;

    private PermittedDatabase? Database(LiveConnection page)
    {
        if (!_databases.TryGetValue(page.RightsKey, out var database))
        {
            _databases[page.RightsKey] = database = page.UserNow(users) is { } user ? app.For(user) : null;
        }

        return database;
    }
}
