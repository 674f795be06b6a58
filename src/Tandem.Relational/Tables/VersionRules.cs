using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Relational.Tables;

/// <summary>The version field that a table declares: a whole number is counted by Tandem, anything else is the database's own to change.</summary>
internal static class VersionRules
{
    /// <summary>The field that Tandem raises with each write, or null.</summary>
    public static string? Counted(TableSchema schema) =>
        schema.VersionField is { } name && schema.Find(name) is { Type: FieldType.Integer } ? name : null;

    /// <summary>The same schema with a version field that writers leave alone.</summary>
    public static TableSchema Protect(TableSchema schema) =>
        schema.VersionField is not { } name || schema.Find(name) is not { IsReadOnly: false }
            ? schema
            : new TableSchema(schema.Name, [.. schema.Fields.Select(f => f.Name == name ? f with { IsReadOnly = true } : f)], schema.Key)
            {
                Label = schema.Label,
                References = schema.References,
                UniqueKeys = schema.UniqueKeys,
                LabelFields = schema.LabelFields,
                VersionField = name,
                Activation = schema.Activation,
                RecordRules = schema.RecordRules,
                ReadOnlyReason = schema.ReadOnlyReason,
                IsView = schema.IsView,
                IsSystem = schema.IsSystem,
                NullsFirst = schema.NullsFirst,
            };

    /// <summary>A new record's values with the first version, where the database gives none.</summary>
    public static Patch First(TableSchema schema, Patch values) =>
        Counted(schema) is { } name && !schema[name].HasDefault ? values.With(name, 1L) : values;

    /// <summary>What is set, and the next version; for a write that changes something.</summary>
    public static Patch Raised(Record current, Patch set) =>
        Counted(current.Schema) is { } name ? set.With(name, (current[name] as long? ?? 0) + 1) : set;
}
