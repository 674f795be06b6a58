using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Access;

/// <summary>How grants spell the key of a record: as plain text where the source can join it, else as addresses do.</summary>
internal static class GrantKeys
{
    public static string Of(TableSchema schema, RecordKey key) => KeyList.Lists(schema) ? ValueText.Plain(key.Values[0]) : key.ToString();

    /// <summary>The key as addresses spell it.</summary>
    public static string Address(TableSchema schema, string text) => KeyList.Lists(schema) && schema[schema.Key[0]].Type == FieldType.Text ? new RecordKey(text).ToString() : text;
}
