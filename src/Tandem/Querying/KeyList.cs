using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Querying;

/// <summary>Keys of one table that another table lists, one in each record. Two are equal when they ask the same of the same table.</summary>
/// <param name="table">The table that lists them, in the same database.</param>
/// <param name="field">Its field that holds a key: a whole number where the key is one, else text.</param>
/// <param name="where">Which of its records count.</param>
/// <param name="count">About how many there are, for a source to choose its way by.</param>
/// <param name="contains">Answers the same from memory. Quick, pure and safe from any thread.</param>
public sealed class KeyList(string table, string field, Filter where, int count, Func<RecordKey, bool> contains) : IEquatable<KeyList>
{
    /// <summary>The table that lists the keys.</summary>
    public string Table => table;

    /// <summary>Its field that holds a key: a whole number where the key is one, else text.</summary>
    public string Field => @field;

    /// <summary>Which of its records count.</summary>
    public Filter Where => where;

    /// <summary>About how many keys there are.</summary>
    public int Count => count;

    /// <summary>Whether the keys of a table can be listed: single ones that are whole numbers, texts or UUIDs, which have one spelling in every source.</summary>
    public static bool Lists(TableSchema schema) =>
        schema.Key is [var key] && schema[key] is { Type: FieldType.Integer or FieldType.Text or FieldType.Uuid, IsEqualAlike: true };

    /// <summary>Whether a key is listed.</summary>
    public bool Contains(RecordKey key) => contains(key);

    public bool Equals(KeyList? other) => other is not null && table == other.Table && @field == other.Field && FilterText.Of(where) == FilterText.Of(other.Where);

    public override bool Equals(object? obj) => Equals(obj as KeyList);

    public override int GetHashCode() => HashCode.Combine(table, @field);
}
