using System.Globalization;
using Tandem.Querying;
using Tandem.Schema;

namespace Tandem.Admin.Lists.Filters;

/// <summary>
/// The builder's form: <c>n.0.k</c> is a group's kind, <c>n.0.1.f</c>, <c>.o</c>, <c>.v</c> and <c>.w</c> a condition's field, operator and values; the button
/// <c>b</c> says what to do with them: <c>add:0</c>, <c>group:0</c>, <c>remove:0.1</c>, <c>apply</c>, <c>refresh</c>.
/// </summary>
internal static class BuilderForm
{
    public const string Prefix = "n.";
    public const string Root = "0";

    /// <summary>What is being built, after the button pressed; and whether it is to be applied.</summary>
    public static (Condition.Group Draft, bool Apply) Read(TableSchema schema, ITies ties, IReadOnlyDictionary<string, string> form)
    {
        var button = form.GetValueOrDefault("b") ?? "refresh";
        var colon = button.IndexOf(':', StringComparison.Ordinal);
        var (what, where) = colon < 0 ? (button, "") : (button[..colon], button[(colon + 1)..]);
        return ((Condition.Group)(Node(schema, ties, form, Root, what, where, 1) ?? new Condition.Group(GroupKind.And, [])), what == "apply");
    }

    /// <summary>A condition to begin with.</summary>
    public static Condition.Leaf Fresh(TableSchema schema, ITies ties)
    {
        var offered = FieldOffers.Of(schema, ties)[0].Fields;
        var path = (offered.FirstOrDefault(f => schema.LabelFields.Contains(f.Path.Steps[0])).Path ?? offered[0].Path);
        return new Condition.Leaf(path, Operators.Offered(schema, schema[path.Steps[0]])[0].Name, "");
    }

    /// <summary>What is to be said about a condition that is not finished or does not fit, or null.</summary>
    public static string? Fault(TableSchema schema, ITies ties, Condition.Leaf leaf, DateTimeOffset now)
    {
        try
        {
            var (at, field) = leaf.Path.End(schema, ties);
            _ = LeafFilter.Of(at, field, leaf.Operator, leaf.Value, now);
            return IsEmpty(at, field, leaf) ? $"{leaf.Path.Say(schema, ties)}: a value is missing. Give one, or remove the condition." : null;
        }
        catch (QueryException e)
        {
            return e.Message;
        }
    }

    /// <summary>The conditions that are finished, for the list below the builder.</summary>
    public static IReadOnlyList<Condition> Finished(TableSchema schema, ITies ties, Condition.Group draft, DateTimeOffset now)
    {
        var kept = draft.Conditions.Select(c => c switch
        {
            Condition.Leaf leaf => Fault(schema, ties, leaf, now) is null ? leaf : null,
            Condition.Group group => Finished(schema, ties, group, now) is { Count: > 0 } inner ? new Condition.Group(group.Kind, WithoutRoot(group.Kind, inner)) : null,
            _ => (Condition?)null,
        }).OfType<Condition>().ToList();
        return draft.Kind == GroupKind.And || kept.Count == 0 ? kept : [new Condition.Group(draft.Kind, kept)];
    }

    private static IReadOnlyList<Condition> WithoutRoot(GroupKind kind, IReadOnlyList<Condition> finished) =>
        kind != GroupKind.And && finished is [Condition.Group only] ? only.Conditions : finished;

    private static bool IsEmpty(TableSchema schema, Field field, Condition.Leaf leaf) =>
        leaf.Value.Length == 0 && Operators.Find(schema, field, leaf.Operator)?.Takes != Operand.Nothing;

    private static Condition? Node(TableSchema schema, ITies ties, IReadOnlyDictionary<string, string> form, string id, string what, string where, int depth)
    {
        if (what == "remove" && where == id)
        {
            return null;
        }

        if (form.TryGetValue($"{Prefix}{id}.f", out var path))
        {
            return Leaf(schema, ties, form, id, FieldPath.Parse(path));
        }

        var kind = ConditionText.KindOf(form.GetValueOrDefault($"{Prefix}{id}.k") ?? "") ?? GroupKind.And;
        var start = $"{Prefix}{id}.";
        var children = form.Keys.Where(k => k.StartsWith(start, StringComparison.Ordinal))
            .Select(k => k[start.Length..].Split('.')[0])
            .Where(s => int.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out _)).Distinct()
            .OrderBy(s => int.Parse(s, CultureInfo.InvariantCulture));
        var conditions = depth > Condition.MostDepth ? [] : children.Select(c => Node(schema, ties, form, $"{id}.{c}", what, where, depth + 1)).OfType<Condition>().Take(Condition.MostLeaves).ToList();
        if (where == id && what == "add")
        {
            conditions.Add(Fresh(schema, ties));
        }
        else if (where == id && what == "group" && depth < Condition.MostDepth)
        {
            conditions.Add(new Condition.Group(kind == GroupKind.Or ? GroupKind.And : GroupKind.Or, [Fresh(schema, ties)]));
        }

        return conditions.Count == 0 && id != Root ? null : new Condition.Group(kind, conditions);
    }

    private static Condition.Leaf Leaf(TableSchema schema, ITies ties, IReadOnlyDictionary<string, string> form, string id, FieldPath path)
    {
        var operation = form.GetValueOrDefault($"{Prefix}{id}.o") ?? "";
        var value = form.GetValueOrDefault($"{Prefix}{id}.v") ?? "";
        try
        {
            var (at, field) = path.End(schema, ties);
            var offered = Operators.Offered(at, field);
            var chosen = offered.FirstOrDefault(o => o.Name == operation) ?? offered[0];
            var second = form.GetValueOrDefault($"{Prefix}{id}.w") ?? "";
            return new Condition.Leaf(path, chosen.Name, chosen.Takes switch
            {
                Operand.Nothing => "",
                Operand.Two when value.Length > 0 || second.Length > 0 => $"{value}..{second}",
                _ => value,
            });
        }
        catch (QueryException)
        {
            return new Condition.Leaf(path, operation, value);
        }
    }
}
