using Tandem.Querying;
using Tandem.Schema;

namespace Tandem.Admin.Lists.Filters;

/// <summary>How records hang together, as far as the person may see.</summary>
internal interface ITies
{
    /// <summary>A table the person may see, or null.</summary>
    TableSchema? Find(string table);

    /// <summary>Every table the person may see.</summary>
    IEnumerable<TableSchema> Tables { get; }
}

/// <summary>One step from a table to another.</summary>
/// <param name="Schema">Where it leads.</param>
/// <param name="Here">The field on this side.</param>
/// <param name="There">The field on the other side that holds the same value.</param>
internal readonly record struct Tie(TableSchema Schema, string Here, string There);

/// <summary>Steps between tables.</summary>
internal static class Ties
{
    /// <exception cref="QueryException">The step is not there, or may not be seen.</exception>
    public static Tie Follow(this ITies ties, TableSchema schema, string step)
    {
        if (FieldPath.Children(step) is { } children)
        {
            var reference = ties.Find(children.Table)?.ReferenceOf(children.Field);
            return reference?.Target == schema.Name
                ? new Tie(ties.Find(children.Table)!, reference.TargetFields[0], children.Field)
                : throw new QueryException(children.Table, $"No records of “{children.Table}” that you may see refer to {schema.Label} by “{children.Field}”. Take this condition out of the filter.");
        }

        if (schema.ReferenceOf(step) is not { } to)
        {
            throw schema.Find(step) is null ? NoField(schema, step) : new QueryException(step, $"{schema[step].Label} of {schema.Label} does not refer to another table. End the condition there, or take it out.");
        }

        return ties.Find(to.Target) is { } target
            ? new Tie(target, step, to.TargetFields[0])
            : throw new QueryException(step, $"You may not see the records that {schema[step].Label} refers to. Take this condition out of the filter.");
    }

    public static QueryException NoField(TableSchema schema, string field) =>
        new(field, $"{schema.Label} has no field “{field}”. Take this condition out of the filter, or choose another field.");

    /// <summary>Tables whose records refer to this one, with the referring field.</summary>
    public static IEnumerable<(TableSchema Table, string Field)> Referring(this ITies ties, TableSchema schema) =>
        ties.Tables.SelectMany(t => t.References.Where(r => r.Target == schema.Name && r.Fields.Count == 1).Select(r => (t, r.Fields[0])));
}
