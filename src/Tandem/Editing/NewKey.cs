using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Editing;

/// <summary>The key of a record that is not stored yet.</summary>
internal static class NewKey
{
    /// <summary>Values that a new record is given: a UUID, rising with time, for each key field that holds one and refers to no other record.</summary>
    public static Patch Given(TableSchema schema) => new(schema.Fields
        .Where(f => f.Type == FieldType.Uuid && !f.IsReadOnly && schema.IsKeyField(f.Name) && !schema.References.Any(r => r.Fields.Contains(f.Name)))
        .Select(f => KeyValuePair.Create(f.Name, (object?)Guid.CreateVersion7())));

    /// <summary>Stands for the number that the source will give, where it numbers records.</summary>
    public static TemporaryKey? Temporary(TableSchema schema) => schema.Key is [var only] && schema[only].IsIdentity ? TemporaryKey.New() : null;
}
