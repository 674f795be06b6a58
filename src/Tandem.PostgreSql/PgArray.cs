using System.Text;
using System.Text.Json;
using Tandem.Schema;

namespace Tandem.PostgreSql;

/// <summary>Array literals of PostgreSQL (<c>{1,NULL,"a b"}</c>) as JSON arrays and back. Format: PostgreSQL manual, section 8.15.2 and 8.15.6.</summary>
internal static class PgArray
{
    public static string ToJson(string literal, FieldType element)
    {
        // A literal with explicit bounds, [2:3]={1,2}, keeps its elements only.
        var at = literal.IndexOf('{', StringComparison.Ordinal);
        if (at < 0)
        {
            return literal;
        }

        var json = new StringBuilder(literal.Length + 8);
        ReadArray(literal, ref at, element, json);
        return json.ToString();
    }

    public static string FromJson(string json)
    {
        using var document = JsonDocument.Parse(json);
        var literal = new StringBuilder(json.Length);
        Write(document.RootElement, literal);
        return literal.ToString();
    }

    private static void ReadArray(string text, ref int at, FieldType element, StringBuilder json)
    {
        json.Append('[');
        at++;
        var first = true;
        while (at < text.Length && text[at] != '}')
        {
            if (!first)
            {
                json.Append(',');
            }

            first = false;
            if (text[at] == '{')
            {
                ReadArray(text, ref at, element, json);
            }
            else
            {
                ReadElement(text, ref at, element, json);
            }

            if (at < text.Length && text[at] == ',')
            {
                at++;
            }
        }

        at++;
        json.Append(']');
    }

    private static void ReadElement(string text, ref int at, FieldType element, StringBuilder json)
    {
        var value = new StringBuilder();
        var quoted = text[at] == '"';
        if (quoted)
        {
            for (at++; at < text.Length && text[at] != '"'; at++)
            {
                at += text[at] == '\\' ? 1 : 0;
                value.Append(text[at]);
            }

            at++;
        }
        else
        {
            for (; at < text.Length && text[at] is not (',' or '}'); at++)
            {
                value.Append(text[at]);
            }
        }

        var plain = value.ToString();
        json.Append((quoted, element) switch
        {
            (false, _) when plain == "NULL" => "null",
            (_, FieldType.Integer or FieldType.Decimal or FieldType.Float) when IsJsonNumber(plain) => plain,
            (_, FieldType.Boolean) => plain == "t" ? "true" : "false",
            (_, FieldType.Json) => plain,
            _ => JsonSerializer.Serialize(plain, s_options),
        });
    }

    private static readonly JsonSerializerOptions s_options = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static bool IsJsonNumber(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Number;
        }
        catch (JsonException)
        {
            // NaN and Infinity are numbers to PostgreSQL but not to JSON; they travel as texts.
            return false;
        }
    }

    private static void Write(JsonElement element, StringBuilder literal)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Array:
                literal.Append('{');
                var first = true;
                foreach (var item in element.EnumerateArray())
                {
                    if (!first)
                    {
                        literal.Append(',');
                    }

                    first = false;
                    Write(item, literal);
                }

                literal.Append('}');
                break;
            case JsonValueKind.Null:
                literal.Append("NULL");
                break;
            default:
                var text = element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
                literal.Append('"').Append(text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
                break;
        }
    }
}
