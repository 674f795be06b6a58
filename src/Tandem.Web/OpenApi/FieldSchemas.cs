using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Web.OpenApi;

/// <summary>Fields in JSON Schema.</summary>
internal static class FieldSchemas
{
    public static JsonObject Read(Field field) => Describe(field, field.Type == FieldType.Bytes ? SharedSchemas.Ref("Blob") : Plain(field.Type, field.ElementType));

    public static JsonObject Write(Field field)
    {
        var schema = Describe(field, field.Type == FieldType.Bytes
            ? new JsonObject { ["type"] = "string", ["contentEncoding"] = "base64" }
            : Plain(field.Type, field.ElementType));
        AddRules(schema, field);
        return schema;
    }

    private static JsonObject Describe(Field field, JsonObject schema)
    {
        var nullable = field.IsNullable && field.Type != FieldType.Json;
        if (nullable && schema["type"] is JsonValue type)
        {
            schema["type"] = new JsonArray(type.DeepClone(), "null");
        }
        else if (nullable)
        {
            schema = new JsonObject { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "null" }) };
        }

        schema["title"] = field.Label;
        if (field.Help is not null)
        {
            schema["description"] = field.Help;
        }

        if (field.IsReadOnly)
        {
            schema["readOnly"] = true;
        }

        if (field.Choices is { } choices && field.Type == FieldType.Text)
        {
            JsonArray values = new([.. choices.Select(c => JsonValue.Create(c))]);
            if (nullable)
            {
                values.Add((JsonNode?)null);
            }

            schema["enum"] = values;
        }

        return schema;
    }

    private static void AddRules(JsonObject schema, Field field)
    {
        void Add(string name, JsonNode? rule)
        {
            if (rule is not null)
            {
                schema[name] = rule;
            }
        }

        if (field.Type == FieldType.Text)
        {
            Add("minLength", field.MinLength);
            Add("maxLength", field.MaxLength);
            Add("pattern", field.Pattern is null ? null : $"^(?:{field.Pattern})$");
        }

        if (field.Type is FieldType.Integer or FieldType.Decimal or FieldType.Float)
        {
            Add("minimum", field.Minimum);
            Add("maximum", field.Maximum);
        }

        Add("default", Default(field));
    }

    private static JsonNode? Default(Field field)
    {
        if (field.DefaultValue is null)
        {
            return null;
        }

        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            ValueJson.Write(writer, field, field.DefaultValue);
        }

        return JsonNode.Parse(Encoding.UTF8.GetString(stream.ToArray()));
    }

    private static JsonObject Plain(FieldType type, FieldType? element) => type switch
    {
        FieldType.Integer => new() { ["type"] = "integer", ["format"] = "int64" },
        FieldType.Decimal => new() { ["type"] = "number" },
        FieldType.Float => new() { ["type"] = "number", ["format"] = "double" },
        FieldType.Boolean => new() { ["type"] = "boolean" },
        FieldType.Date => new() { ["type"] = "string", ["format"] = "date" },
        FieldType.Time => new() { ["type"] = "string", ["examples"] = new JsonArray("14:30:00") },
        FieldType.DateTime => new() { ["type"] = "string", ["examples"] = new JsonArray("2026-11-20T14:30:00") },
        FieldType.Instant => new() { ["type"] = "string", ["format"] = "date-time" },
        FieldType.Uuid => new() { ["type"] = "string", ["format"] = "uuid" },
        FieldType.Json => [],
        FieldType.Array => new() { ["type"] = "array", ["items"] = element is { } inner and not FieldType.Bytes ? Plain(inner, null) : new JsonObject() },
        _ => new() { ["type"] = "string" },
    };
}
