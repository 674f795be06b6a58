using System.Text;
using System.Text.Json;
using Tandem.Schema;

namespace Tandem.Records;

/// <summary>Values as JSON, the form of the REST API and the journal. What is written reads back as the same value.</summary>
/// <remarks>
/// Numbers are JSON numbers with every digit; times are ISO 8601 texts; JSON and arrays stand as themselves; a blob is an
/// object of size, type and digest. A value that does not fit its field is written as what it is.
/// </remarks>
public static class ValueJson
{
    /// <summary>Writes a value.</summary>
    public static void Write(Utf8JsonWriter writer, Field field, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case decimal number:
                writer.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case string json when field.Type is FieldType.Json or FieldType.Array:
                WriteJson(writer, json);
                break;
            case Blob blob:
                writer.WriteStartObject();
                writer.WriteNumber("size", blob.Length);
                writer.WriteString("type", blob.MediaType);
                if (blob.Digest is not null)
                {
                    writer.WriteString("digest", blob.Digest);
                }

                writer.WriteEndObject();
                break;
            default:
                writer.WriteStringValue(ValueText.Plain(value));
                break;
        }
    }

    /// <summary>Reads a value for a field. Numbers and booleans may also come as texts, so that a form can send what was typed.</summary>
    /// <param name="field">The field the value is for.</param>
    /// <param name="element">The JSON value.</param>
    /// <param name="value">The value, when true is returned.</param>
    /// <param name="error">What is expected instead, when false is returned.</param>
    public static bool TryRead(Field field, JsonElement element, out object? value, out string error)
    {
        (value, error) = (null, "");
        if (element.ValueKind == JsonValueKind.Null)
        {
            return true;
        }

        switch (field.Type)
        {
            case FieldType.Json:
                value = element.GetRawText();
                return true;
            case FieldType.Array when element.ValueKind == JsonValueKind.Array:
                value = element.GetRawText();
                return true;
            case FieldType.Bytes:
                return TryBytes(element, out value, out error);
            case FieldType.Boolean when element.ValueKind is JsonValueKind.True or JsonValueKind.False:
                value = element.GetBoolean();
                return true;
            case FieldType.Text when element.ValueKind != JsonValueKind.String:
                error = "Send a text in quotes.";
                return false;
            case FieldType.Integer when element.ValueKind == JsonValueKind.Number:
                if (element.TryGetInt64(out var integer) || TryWhole(element, out integer))
                {
                    value = integer;
                    return true;
                }

                error = "Send a whole number between -9223372036854775808 and 9223372036854775807.";
                return false;
            case FieldType.Decimal when element.ValueKind == JsonValueKind.Number:
                if (element.TryGetDecimal(out var exact))
                {
                    value = exact;
                    return true;
                }

                error = "Send a number of at most 28 significant digits.";
                return false;
            case FieldType.Float when element.ValueKind == JsonValueKind.Number:
                value = element.GetDouble();
                return true;
        }

        if (element.ValueKind == JsonValueKind.String)
        {
            var text = element.GetString()!;
            if (text.Length == 0 && field.Type is not (FieldType.Text or FieldType.Other))
            {
                error = "Send null for no value; an empty text is not one.";
                return false;
            }

            return ValueText.TryParse(field, text, out value, out error);
        }

        error = Expected(field.Type);
        return false;
    }

    /// <summary>Reads back what <see cref="Write"/> wrote, keeping values that do not fit their field as what they are.</summary>
    public static object? ReadStored(Field? field, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.Object when field?.Type == FieldType.Bytes:
                return new Blob(
                    element.TryGetProperty("size", out var size) ? size.GetInt64() : 0,
                    default,
                    element.TryGetProperty("digest", out var digest) ? digest.GetString() : null);
            case JsonValueKind.String when field is not null && field.Type is not (FieldType.Text or FieldType.Other or FieldType.Json or FieldType.Bytes or FieldType.Array):
                return element.GetString() is { Length: > 0 } text && field.Type is not (FieldType.Integer or FieldType.Decimal or FieldType.Boolean)
                    && ValueText.TryParse(field, text, out var parsed, out _) ? parsed : element.GetString();
            case JsonValueKind.String when field?.Type is FieldType.Json:
                return element.GetRawText();
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number when field?.Type == FieldType.Decimal:
                // A number of more digits than a decimal holds stays the text it is, as it does when it is read from its table.
                return element.GetRawText() is var digits && digits.Count(char.IsAsciiDigit) <= 28 && element.TryGetDecimal(out var exact) ? exact : digits;
            case JsonValueKind.Number when field?.Type == FieldType.Float:
                return element.GetDouble();
            case JsonValueKind.Number when field?.Type != FieldType.Json:
                return element.TryGetInt64(out var integer) ? (object)integer : element.GetDouble();
            case JsonValueKind.True or JsonValueKind.False when field?.Type != FieldType.Json:
                return element.GetBoolean();
            default:
                return element.GetRawText();
        }
    }

    /// <summary>A patch as one JSON object, field by field.</summary>
    public static string Serialize(TableSchema schema, Patch patch)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, s_writer))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in patch)
            {
                writer.WritePropertyName(name);
                Write(writer, schema.Find(name) ?? new Field(name, FieldType.Other), value);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads back what <see cref="Serialize"/> wrote.</summary>
    /// <exception cref="JsonException">The text is not a JSON object.</exception>
    public static Patch Deserialize(TableSchema? schema, string json)
    {
        using var document = JsonDocument.Parse(json);
        return new Patch([.. document.RootElement.EnumerateObject().Select(p =>
            KeyValuePair.Create(p.Name, ReadStored(schema?.Find(p.Name), p.Value)))]);
    }

    private static readonly JsonWriterOptions s_writer = new()
    {
        // Names and texts go to machines and into attributes that are encoded again; readable letters stay readable.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static bool TryWhole(JsonElement element, out long integer)
    {
        integer = 0;
        if (element.TryGetDecimal(out var exact) && exact == decimal.Truncate(exact) && exact is >= long.MinValue and <= long.MaxValue)
        {
            integer = (long)exact;
            return true;
        }

        return false;
    }

    private static bool TryBytes(JsonElement element, out object? value, out string error)
    {
        (value, error) = (null, "");
        if (element.ValueKind == JsonValueKind.String && element.TryGetBytesFromBase64(out var content))
        {
            value = Blob.FromContent(content);
            return true;
        }

        error = "Send the content as a base64 text.";
        return false;
    }

    private static void WriteJson(Utf8JsonWriter writer, string json)
    {
        try
        {
            writer.WriteRawValue(json);
        }
        catch (JsonException)
        {
            // SQLite keeps any text in a JSON column; it is shown as the text it is.
            writer.WriteStringValue(json);
        }
    }

    private static string Expected(FieldType type) => type switch
    {
        FieldType.Integer => "Send a whole number.",
        FieldType.Decimal or FieldType.Float => "Send a number.",
        FieldType.Boolean => "Send true or false.",
        FieldType.Array => "Send a JSON array.",
        FieldType.Date => "Send a date as a text, such as \"2026-11-20\".",
        FieldType.Time => "Send a time as a text, such as \"14:30:00\".",
        FieldType.DateTime => "Send a date and time as a text, such as \"2026-11-20T14:30:00\".",
        FieldType.Instant => "Send a date and time with a zone as a text, such as \"2026-11-20T14:30:00Z\".",
        _ => "Send a text in quotes.",
    };
}
