using System.Text.Json;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Relational.Journal;

/// <summary>The journal's text forms: a key as a JSON array, a kind as a word.</summary>
internal static class JournalText
{
    public static string Key(TableSchema schema, RecordKey key)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(32);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            for (var i = 0; i < key.Values.Count; i++)
            {
                if (key.Values[i] is Blob blob)
                {
                    writer.WriteStringValue("\\x" + Convert.ToHexStringLower((blob.Content ?? blob.Head).Span));
                }
                else
                {
                    ValueJson.Write(writer, schema[schema.Key[i]], key.Values[i]);
                }
            }

            writer.WriteEndArray();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads a key back. Without a schema (the table is gone) its values keep their JSON types.</summary>
    public static RecordKey Key(TableSchema? schema, string json)
    {
        using var document = JsonDocument.Parse(json);
        return new RecordKey([.. document.RootElement.EnumerateArray().Select((value, i) =>
        {
            var field = schema is not null && i < schema.Key.Count ? schema[schema.Key[i]] : null;
            return field?.Type == FieldType.Bytes && value.ValueKind == JsonValueKind.String && value.GetString() is ['\\', 'x', .. var hex]
                ? Blob.FromContent(Convert.FromHexString(hex))
                : ValueJson.ReadStored(field, value);
        })]);
    }

    public static string Kind(ChangeKind kind) => kind switch
    {
        ChangeKind.Insert => "insert",
        ChangeKind.Update => "update",
        ChangeKind.Delete => "delete",
        _ => "reset",
    };

    public static ChangeKind Kind(string kind) => kind switch
    {
        "insert" => ChangeKind.Insert,
        "update" => ChangeKind.Update,
        "delete" => ChangeKind.Delete,
        _ => ChangeKind.Reset,
    };
}
