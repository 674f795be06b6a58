using Tandem.Schema;

namespace Tandem.Admin.Lists.Views;

/// <summary>The columns to choose from: those shown first, in their order.</summary>
internal sealed record ColumnMenuModel(TableSchema Schema, ListState State, IReadOnlyList<(Field Field, bool IsShown)> Columns, bool IsOpen, bool MayKeep, string FormToken)
{
    public static ColumnMenuModel Of(
        TableSchema schema, ListState state, IReadOnlyList<Field> shown, IReadOnlyList<KeyValuePair<string, string>> query, bool mayKeep, string formToken)
    {
        // Moved without a script: the form came back with the columns as they were ticked and one to move.
        var order = query.Where(p => p.Key == "order").Select(p => p.Value).ToList();
        var ticked = query.Where(p => p.Key == "col").Select(p => p.Value).ToHashSet(StringComparer.Ordinal);
        var move = query.FirstOrDefault(p => p.Key == "move").Value;
        var all = schema.Fields.Where(f => !f.IsSecret).ToList();
        if (move is null)
        {
            return new ColumnMenuModel(schema, state, [.. shown.Select(f => (f, true)), .. all.Except(shown).Select(f => (f, false))], false, mayKeep, formToken);
        }

        var fields = order.Select(schema.Find).OfType<Field>().Intersect(all).ToList();
        fields.AddRange(all.Except(fields));
        var colon = move.IndexOf(':', StringComparison.Ordinal);
        var at = fields.FindIndex(f => f.Name == move[(colon + 1)..]);
        var to = at + (move.StartsWith("up", StringComparison.Ordinal) ? -1 : 1);
        if (at >= 0 && to >= 0 && to < fields.Count)
        {
            (fields[at], fields[to]) = (fields[to], fields[at]);
        }

        return new ColumnMenuModel(schema, state, [.. fields.Select(f => (f, ticked.Contains(f.Name)))], true, mayKeep, formToken);
    }
}
