using System.Text.Json;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Web.Rest;

/// <summary>Tables as the API describes them.</summary>
internal static class SchemaJson
{
    public static void Write(Utf8JsonWriter writer, TableSchema schema, RecordCount count)
    {
        writer.WriteStartObject();
        writer.WriteString("name", schema.Name);
        writer.WriteString("label", schema.Label);
        writer.WriteBoolean("isView", schema.IsView);
        writer.WriteBoolean("isSystem", schema.IsSystem);
        writer.WriteString("readOnlyReason", schema.ReadOnlyReason);
        WriteNames(writer, "key", schema.Key);
        writer.WriteStartArray("fields");
        foreach (var field in schema.Fields.Where(f => !f.IsSecret))
        {
            Write(writer, schema, field);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("references");
        foreach (var reference in schema.References)
        {
            Write(writer, reference);
        }

        writer.WriteEndArray();
        if (schema.Activation is { } activation)
        {
            writer.WriteStartObject("activation");
            writer.WriteString("active", activation.Active);
            writer.WriteString("switch", activation.Switch);
            writer.WriteString("from", activation.From);
            writer.WriteString("until", activation.Until);
            writer.WriteString("mask", activation.Mask);
            writer.WriteString("zone", activation.Zone.Id);
            writer.WriteEndObject();
        }

        writer.WriteStartObject("count");
        writer.WriteNumber("value", count.Value);
        writer.WriteBoolean("exact", count.IsExact);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    public static string TypeName(FieldType type) => type switch
    {
        FieldType.DateTime => "dateTime",
        _ => type.ToString().ToLowerInvariant(),
    };

    private static void Write(Utf8JsonWriter writer, TableSchema schema, Field field)
    {
        writer.WriteStartObject();
        writer.WriteString("name", field.Name);
        writer.WriteString("label", field.Label);
        writer.WriteString("type", TypeName(field.Type));
        if (field.ElementType is { } element)
        {
            writer.WriteString("elementType", TypeName(element));
        }

        writer.WriteString("nativeType", field.NativeType);
        writer.WriteString("help", field.Help);
        writer.WriteBoolean("nullable", field.IsNullable);
        writer.WriteBoolean("required", field.IsRequired);
        writer.WriteBoolean("readOnly", field.IsReadOnly);
        writer.WriteBoolean("unique", field.IsUnique);
        writer.WriteBoolean("hasDefault", field.HasDefault);
        writer.WritePropertyName("default");
        ValueJson.Write(writer, field, field.DefaultValue);
        WriteNumber(writer, "minLength", field.MinLength);
        WriteNumber(writer, "maxLength", field.MaxLength);
        WriteNumber(writer, "precision", field.Precision);
        WriteNumber(writer, "scale", field.Scale);
        WriteNumber(writer, "minimum", field.Minimum);
        WriteNumber(writer, "maximum", field.Maximum);
        writer.WriteString("pattern", field.Pattern);
        if (field.Choices is { } choices)
        {
            WriteNames(writer, "choices", choices);
        }
        else
        {
            writer.WriteNull("choices");
        }

        writer.WriteString("references", schema.ReferenceOf(field.Name)?.Target);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Reference reference)
    {
        writer.WriteStartObject();
        WriteNames(writer, "fields", reference.Fields);
        writer.WriteString("table", reference.Target);
        WriteNames(writer, "targetFields", reference.TargetFields);
        writer.WriteString("onDelete", reference.OnDelete switch
        {
            ReferenceAction.Cascade => "cascade",
            ReferenceAction.SetNull => "setNull",
            ReferenceAction.SetDefault => "setDefault",
            _ => "refuse",
        });
        writer.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter writer, string property, IReadOnlyList<string> names)
    {
        writer.WriteStartArray(property);
        foreach (var name in names)
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter writer, string property, decimal? number)
    {
        if (number is { } value)
        {
            writer.WriteNumber(property, value);
        }
        else
        {
            writer.WriteNull(property);
        }
    }
}
