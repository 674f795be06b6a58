using System.Text;
using Tandem.Access;
using Tandem.Querying;
using Tandem.Records;

namespace Tandem.Web.Live;

/// <content>
/// What becomes of open pages when rights change. A page whose own rights are others is told so, and comes back as whoever looks may see it now;
/// a page whose tables' rights are the same, but for single records, reads again what it shows.
/// </content>
internal sealed partial class LiveBroker
{
    /// <summary>Stands in the queue of a page whose user's rights are others now.</summary>
    internal static object RightsChanged { get; } = new();

    private static readonly TableAction[] s_shown = [TableAction.View, TableAction.List, TableAction.Add, TableAction.Change, TableAction.Delete];

    private void OnUserChanged(string name)
    {
        _ = leases.LeaveForbiddenAsync(name);
        foreach (var connection in index.All().Where(c => c.User == name || c.SeenBy == name))
        {
            if (connection.UserNow(users) is null)
            {
                connection.Abort();
            }
            else
            {
                TellRights(connection, isSure: false);
            }
        }
    }

    private void OnGrantsChanged(IReadOnlyCollection<GrantsChange> changes)
    {
        foreach (var connection in index.All())
        {
            if (connection.UserNow(users) is not { } user || !changes.Any(c => IsFor(c, user)))
            {
                continue;
            }

            _ = leases.LeaveForbiddenAsync(connection.User);
            var tables = connection.Tables;
            var records = changes.Where(c => c.Key is not null && IsFor(c, user) && c.Table is not null && tables.ContainsKey(c.Table)).ToList();
            var isShown = records.Any(c => app.Find(c.Table!)?.Schema is { } schema && RecordKey.TryParse(schema, GrantKeys.Address(schema, c.Key!), out var key) && tables[c.Table!].Keys.Contains(key));
            if (!TellRights(connection, isSure: isShown) && (records.Count > 0 || lists.Shows(connection, changes)))
            {
                lists.LeaveAll(connection);
                connection.Send(LiveConnection.Reset);
            }
        }
    }

    private static bool IsFor(GrantsChange change, User user) => change.SubjectKind switch
    {
        SubjectKind.User => change.Subject == user.Name,
        SubjectKind.Group => user.Groups.Contains(change.Subject, StringComparer.Ordinal),
        _ => true,
    };

    /// <summary>Tells a page whose rights are others than when it last asked.</summary>
    /// <returns>Whether it was told.</returns>
    private bool TellRights(LiveConnection connection, bool isSure)
    {
        var print = PrintOf(connection, Shown(connection));
        if (!isSure && print == connection.RightsPrint)
        {
            return false;
        }

        connection.RightsPrint = print;
        lists.LeaveAll(connection);
        connection.Send(RightsChanged);
        return true;
    }

    /// <summary>The tables that a page shows. What is referred to counts too: its records are called by name in what the page shows.</summary>
    private List<string> Shown(LiveConnection connection)
    {
        var shown = connection.Parts.Values.Select(p => p.Table).ToHashSet(StringComparer.Ordinal);
        shown.UnionWith(shown.SelectMany(t => app.Find(t)?.Schema.References.Select(r => r.Target) ?? []).ToList());
        return [.. shown.Order(StringComparer.Ordinal)];
    }

    /// <summary>What a page's user may do with tables, to be compared with what it was.</summary>
    private string PrintOf(LiveConnection connection, IEnumerable<string> shown)
    {
        var user = connection.UserNow(users);
        var print = new StringBuilder();
        foreach (var table in shown)
        {
            if (app.Find(table)?.Schema is not { } schema)
            {
                continue;
            }

            foreach (var action in s_shown)
            {
                var decision = app.Access.Decide(user, schema, action);
                print.Append(table).Append(action).Append(decision.IsAllowed).Append(FilterText.Of(decision.Filter)).AppendJoin(',', decision.Withheld.Order(StringComparer.Ordinal)).Append('\n');
            }
        }

        return print.ToString();
    }
}
