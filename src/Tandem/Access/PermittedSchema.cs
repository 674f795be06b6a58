using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Access;

/// <summary>A table's schema as a user may use it.</summary>
internal static class PermittedSchema
{
    /// <summary>The fields that may be seen; those that may not be written are read-only.</summary>
    public static TableSchema Of(TableSchema schema, AccessDecision visible, AccessDecision writing) =>
        visible.Withheld.Count == 0 && writing.Withheld.Count == 0
            ? schema
            : schema.Through([.. schema.Fields.Where(f => visible.Allows(f.Name)).Select(f => writing.Withheld.Contains(f.Name) ? f with { IsReadOnly = true } : f)]);

    /// <summary>A record through a schema of some of its fields.</summary>
    public static Record Project(Record record, TableSchema schema)
    {
        if (ReferenceEquals(record.Schema, schema) || (ReferenceEquals(record.Schema.Whole, schema.Whole) && record.Schema.Fields.Count == schema.Fields.Count))
        {
            return record;
        }

        // A query that brought some fields only brings fewer than the schema has.
        var shape = schema.Fields.All(f => record.Schema.Ordinal(f.Name) >= 0) ? schema : schema.Project([.. schema.Fields.Select(f => f.Name).Where(f => record.Schema.Ordinal(f) >= 0)]);
        return new Record(shape, [.. shape.Fields.Select(f => record[f.Name])]) { Version = record.Version, Whole = record };
    }
}
