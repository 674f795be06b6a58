using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Access;

/// <summary>
/// Puts everything that says whether a user may do something into the order it counts in: the more specific target first, for one target
/// the more specific subject first, and for one subject denials first. See docs/rights.md.
/// </summary>
internal sealed class RightsSteps(GrantBook grants, IReadOnlyList<Policy> policies)
{
    private static readonly SubjectKind[] s_kinds = [SubjectKind.User, SubjectKind.Group, SubjectKind.Everyone];

    /// <summary>The steps for whole records.</summary>
    public List<RightsStep> Records(User user, TableSchema schema, TableAction action)
    {
        Grant[] own = [.. grants.Of(schema.Name).Where(g => g.IsFor(user) && g.Level != GrantLevel.Fields && (g.Table is not null || !schema.IsSystem))];
        Policy[] ruling = [.. policies.Where(p => p.Table == schema.Name && p.Actions.Contains(action))];
        List<RightsStep> steps = [];
        Each(action, (kind, consulted, allows) => OfRecords(steps, user, schema, kind, consulted, allows));
        Each(action, (kind, consulted, allows) => OfGrants(steps, own, user, schema, GrantLevel.Filter, kind, consulted, allows));
        steps.AddRange(ruling.Select(p => new RightsStep(GrantLevel.Filter, true, p.FilterOf(user, schema), $"the policy of {schema.Name}")));
        if (ruling.Length > 0)
        {
            steps.Add(new RightsStep(GrantLevel.Filter, false, Filter.All, $"the policy of {schema.Name}"));
            return steps;
        }

        Each(action, (kind, consulted, allows) => OfGrants(steps, own, user, schema, GrantLevel.Table, kind, consulted, allows));
        Each(action, (kind, consulted, allows) => OfGrants(steps, own, user, schema, GrantLevel.Everything, kind, consulted, allows));
        if (!schema.IsSystem && RoleGives(user.Role, action))
        {
            steps.Add(new RightsStep(GrantLevel.Role, true, Filter.All, $"the role of {user.Role.ToString().ToLowerInvariant()}"));
        }

        return steps;
    }

    /// <summary>What grants of fields say: each field's first grant in order decides.</summary>
    public Dictionary<string, Grant> Fields(User user, TableSchema schema, TableAction action)
    {
        Dictionary<string, Grant> decided = new(StringComparer.Ordinal);
        Grant[] own = [.. grants.Of(schema.Name).Where(g => g.Level == GrantLevel.Fields && g.IsFor(user))];
        Each(action, (kind, consulted, allows) =>
        {
            foreach (var grant in own.Where(g => g.SubjectKind == kind && g.IsAllow == allows && g.Actions.Contains(consulted)))
            {
                foreach (var field in grant.Fields!)
                {
                    decided.TryAdd(field, grant);
                }
            }
        });
        return decided;
    }

    /// <summary>The grant of everything that decides whether a user may administer; null when none says anything.</summary>
    public Grant? Administering(User user) => grants.Of(null)
        .Where(g => g.Level == GrantLevel.Everything && g.Actions.Contains(TableAction.Administer) && g.IsFor(user))
        .OrderBy(g => g.SubjectKind).ThenBy(g => g.IsAllow)
        .FirstOrDefault();

    private static bool RoleGives(Role role, TableAction action) => role switch
    {
        Role.Viewer => TableActions.IsLook(action),
        Role.Editor or Role.Administrator => true,
        _ => false,
    };

    /// <summary>The order within one target: user, group, everyone; of each, denials before allowances. Who may view may list, unless a grant of listing says otherwise.</summary>
    private static void Each(TableAction action, Action<SubjectKind, TableAction, bool> step)
    {
        foreach (var kind in s_kinds)
        {
            foreach (var consulted in action == TableAction.List ? [TableAction.List, TableAction.View] : new[] { action })
            {
                step(kind, consulted, false);
                step(kind, consulted, true);
            }
        }
    }

    private static void OfGrants(List<RightsStep> steps, Grant[] own, User user, TableSchema schema, GrantLevel level, SubjectKind kind, TableAction action, bool allows)
    {
        foreach (var grant in own.Where(g => g.Level == level && g.SubjectKind == kind && g.IsAllow == allows && g.Actions.Contains(action)))
        {
            steps.Add(new RightsStep(level, allows, grant.Filter is null ? Filter.All : GrantFilter.Read(user, schema, grant), $"the grant “{grant}”") { Grant = grant });
        }
    }

    private void OfRecords(List<RightsStep> steps, User user, TableSchema schema, SubjectKind kind, TableAction action, bool allows)
    {
        IReadOnlyList<string> subjects = kind switch
        {
            SubjectKind.User => [user.Name],
            SubjectKind.Group => user.Groups,
            _ => [""],
        };
        if (grants.CountRecords(schema.Name, kind, subjects, action, allows) == 0)
        {
            return;
        }

        var filter = KeyList.Lists(schema) && grants.Table is { } table
            ? new Filter.Listed(new KeyList(table, FieldOf(schema), Where(schema, kind, subjects, action, allows), grants.CountRecords(schema.Name, kind, subjects, action, allows), key => grants.Contains(schema.Name, kind, subjects, action, allows, ValueText.Plain(key.Values[0]))))
            : ByFields(schema, grants.Keys(schema.Name, kind, subjects, action, allows));
        steps.Add(new RightsStep(GrantLevel.Record, allows, filter, $"a grant of single records that {(allows ? "allows" : "denies")} {GrantText.Of(kind)}{(kind == SubjectKind.Everyone ? "" : $" '{string.Join("', '", subjects)}'")} to {TableActions.Name(action)} them"));
    }

    private static Filter Where(TableSchema schema, SubjectKind kind, IReadOnlyList<string> subjects, TableAction action, bool allows) => new Filter.And(
    [
        Filter.Eq("table_name", schema.Name),
        Filter.Eq("subject_kind", GrantText.Of(kind)),
        .. kind == SubjectKind.Everyone ? Array.Empty<Filter>() : [subjects is [var one] ? Filter.Eq("subject", one) : new Filter.In("subject", [.. subjects])],
        Filter.Eq("effect", allows ? "allow" : "deny"),
        Filter.Eq(TableActions.Name(action), true),
        new Filter.Compare(FieldOf(schema), CompareOperator.NotEqual, null),
    ]);

    /// <summary>Keys that are whole numbers are kept as such beside their text, so that a source compares them as its own.</summary>
    private static string FieldOf(TableSchema schema) => schema[schema.Key[0]].Type == FieldType.Integer ? "record_number" : "record_key";

    /// <summary>Keys that have no one spelling in a column of text are named one by one.</summary>
    private static Filter ByFields(TableSchema schema, IReadOnlyList<string> keys) =>
        keys.Select(k => RecordKey.TryParse(schema, k, out var key) ? key : null).OfType<RecordKey>()
            .Select(k => (Filter)new Filter.And([.. schema.Key.Select((f, i) => Filter.Eq(f, k.Values[i]))]))
            .Aggregate(Filter.None, FilterAlgebra.Or);
}
