using System.Collections.Concurrent;
using System.Collections.Frozen;
using Tandem.Querying;
using Tandem.Schema;

namespace Tandem.Access;

/// <summary>
/// The one decision function: from policies in code, grants in data and the user's role. Decisions are kept until a grant changes. Safe from any thread.
/// </summary>
/// <param name="isReadOnly">Whether the whole application was started to write nothing.</param>
/// <param name="grants">The grants in data.</param>
/// <param name="policies">The policies in code.</param>
public sealed partial class Rights(bool isReadOnly, GrantBook grants, IReadOnlyList<Policy> policies) : IAccess
{
    // Users come and go; what was decided for those who went is forgotten with the rest once so much is kept.
    private const int MostKept = 50_000;
    private readonly RightsSteps _steps = new(grants, policies);
    private ConcurrentDictionary<(User User, TableSchema Table, TableAction Action), AccessDecision> _kept = new();
    private int _version;
    private int _count;

    public AccessDecision Decide(User? user, TableSchema? table, TableAction action)
    {
        if (user is null)
        {
            return AccessDecision.Deny("Nobody is signed in. Sign in first.");
        }

        // What somebody may see of a table decides nothing about it.
        table = table?.Whole;
        if (Before(user, table, action) is { } early)
        {
            return Joined(user, table, action, early);
        }

        var version = grants.Version;
        if (Volatile.Read(ref _version) != version || Volatile.Read(ref _count) > MostKept)
        {
            // A decision made meanwhile from older grants lands in the dictionary that is left behind.
            _kept = new();
            Volatile.Write(ref _count, 0);
            Volatile.Write(ref _version, version);
        }

        var kept = _kept;
        return kept.TryGetValue((user, table!, action), out var known) ? known : kept.GetOrAdd((user, table!, action), Joined(user, table, action, Decided(user, table!, action)));
    }

    /// <summary>What is known before any grant is asked, or null.</summary>
    private AccessDecision? Before(User user, TableSchema? table, TableAction action)
    {
        if (!Scopes.Cover(user.Scopes, table?.Name, action))
        {
            return AccessDecision.Deny($"The token is not good for this: it has no scope '{TableActions.Name(action)}'{(table is null ? "" : $" or '{TableActions.Name(action)}:{table.Name}'")}. Use another token.");
        }

        if (user.SeenBy is { } watcher && !TableActions.IsLook(action))
        {
            return AccessDecision.Deny($"{watcher} looks as {user.Name} would, and may only look. Stop viewing as {user.Name} to write.");
        }

        if (action == TableAction.Administer)
        {
            return user.Role == Role.Administrator
                ? AccessDecision.Allow("Administrators may administer.")
                : _steps.Administering(user) is { IsAllow: true } grant
                    ? AccessDecision.Allow($"The grant “{grant}” allows it.")
                    : AccessDecision.Deny($"{user.Name} is no administrator. Ask an administrator.");
        }

        if (table is null)
        {
            return AccessDecision.Deny("No table was named.");
        }

        if (!TableActions.IsLook(action))
        {
            if (isReadOnly)
            {
                return AccessDecision.Deny("This server was started with --read-only, so nothing can be written. Start it without --read-only to write.");
            }

            if (table.ReadOnlyReason is { } reason)
            {
                return user.Role == Role.Viewer ? null : AccessDecision.Deny(reason);
            }

            if (table.IsSystem && user.Role != Role.Administrator)
            {
                return AccessDecision.Deny($"'{table.Name}' is for administrators. Ask an administrator.");
            }
        }

        return user.Role == Role.Administrator ? AccessDecision.Allow("Administrators may do everything.") : null;
    }

    /// <summary>Which records of a table are active is decided apart from what else is written to them.</summary>
    private AccessDecision Joined(User user, TableSchema? table, TableAction action, AccessDecision decision) =>
        action is TableAction.Add or TableAction.Change && table?.Activation is { } activation
            ? ActivationRight.Join(table, activation, action, decision, Decide(user, table, TableAction.Enable))
            : decision;

    private AccessDecision Decided(User user, TableSchema table, TableAction action)
    {
        var (filter, withheld, steps) = Own(user, table, action);
        if (!TableActions.IsLook(action) && !FilterAlgebra.IsNone(filter) && action != TableAction.Add)
        {
            // Nobody writes what they cannot see: a form could not show it, and a guard would tell of it.
            var view = Decide(user, table, TableAction.View);
            filter = FilterAlgebra.And(view.Filter, filter);
            withheld = [.. withheld, .. view.Withheld];
        }
        else if (action == TableAction.Add)
        {
            withheld = [.. withheld, .. Decide(user, table, TableAction.View).Withheld];
            if (!FilterAlgebra.IsNone(filter) && table.Fields.Any(f => f.IsRequired && withheld.Contains(f.Name)))
            {
                // No form could be filled in, so none is offered.
                return AccessDecision.Deny($"A new record of '{table.Name}' needs values that {user.Name} may not give. Ask an administrator.");
            }
        }

        if (FilterAlgebra.IsNone(filter))
        {
            return AccessDecision.Deny(Refusal(user, table, action, steps));
        }

        // A condition that no record can meet is no right, but only asking tells; a filter is what it is.
        var source = steps.FirstOrDefault(s => s.Allows && !FilterAlgebra.IsNone(s.Filter))?.Source ?? "a grant of fields";
        return new AccessDecision(true, $"{Capital(source)} allows it{(filter is Filter.AllFilter ? "" : " for some records")}.", filter) { Withheld = withheld.ToFrozenSet(StringComparer.Ordinal) };
    }

    /// <summary>What the rights of one action say by themselves.</summary>
    private (Filter Filter, HashSet<string> Withheld, List<RightsStep> Steps) Own(User user, TableSchema table, TableAction action)
    {
        var steps = _steps.Records(user, table, action);
        var filter = RightsStep.Fold(steps);
        var fields = _steps.Fields(user, table, action);
        HashSet<string> withheld = new(StringComparer.Ordinal);
        var isPolicy = steps.Any(s => s.Level == GrantLevel.Filter && s.Grant is null);
        if (FilterAlgebra.IsNone(filter) && !isPolicy && fields.Values.Any(g => g.IsAllow))
        {
            // Fields are all that is given: of all records, but for those that are denied by themselves.
            filter = RightsStep.Fold([.. steps.Where(s => s.Level is GrantLevel.Record or GrantLevel.Filter), new RightsStep(GrantLevel.Fields, true, Filter.All, "a grant of fields")]);
            withheld.UnionWith(table.Fields.Select(f => f.Name).Where(f => fields.GetValueOrDefault(f) is not { IsAllow: true }));
        }
        else
        {
            withheld.UnionWith(fields.Where(f => !f.Value.IsAllow).Select(f => f.Key));
        }

        foreach (var policy in policies.Where(p => p.Table == table.Name && p.Actions.Contains(action)))
        {
            withheld.UnionWith(policy.Withheld(table, action));
        }

        if (TableActions.IsLook(action))
        {
            // The key names the record; without it nothing could be shown.
            withheld.ExceptWith(table.Key);
        }

        return (filter, withheld, steps);
    }

    private static string Refusal(User user, TableSchema table, TableAction action, List<RightsStep> steps)
    {
        var verb = action switch
        {
            TableAction.View => "look at",
            TableAction.List => "list",
            TableAction.Add => "add to",
            TableAction.Bulk => "change many records at once of",
            TableAction.Run => "run tasks of",
            TableAction.Enable => "make active or inactive the records of",
            _ => TableActions.Name(action),
        };
        if (user.Role == Role.Viewer && !TableActions.IsLook(action) && steps.All(s => s.Allows))
        {
            return $"{user.Name} is a viewer and may only look. Ask an administrator for the editor role.";
        }

        return table.IsSystem ? $"'{table.Name}' is for administrators. Ask an administrator." : $"{user.Name} may not {verb} '{table.Name}'. Ask an administrator.";
    }

    private static string Capital(string clause) => char.ToUpperInvariant(clause[0]) + clause[1..];
}
