using System.Text.Json;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Rest;

namespace Tandem.Web.Streams;

/// <summary>Changes as the API tells them.</summary>
internal static class ChangeJson
{
    public static void Write(Utf8JsonWriter writer, TableSchema? schema, Change change)
    {
        writer.WriteStartObject();
        writer.WriteString("table", change.Table);
        writer.WriteString("key", change.Kind == ChangeKind.Reset ? null : change.Key.ToString());
        writer.WriteString("kind", change.Kind switch
        {
            ChangeKind.Insert => "insert",
            ChangeKind.Update => "update",
            ChangeKind.Delete => "delete",
            _ => "reset",
        });
        writer.WriteString("by", change.Actor);
        writer.WriteString("at", ValueText.Plain(change.At));
        writer.WriteNumber("sequence", change.Sequence);
        writer.WritePropertyName("before");
        RecordJson.Write(writer, schema, change.Before);
        writer.WritePropertyName("after");
        RecordJson.Write(writer, schema, change.After);
        writer.WriteString("operation", change.Operation);
        writer.WriteEndObject();
    }
}
