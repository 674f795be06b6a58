using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tandem.Schema;

namespace Tandem.Records;

/// <summary>Keys as one segment of an address.</summary>
/// <remarks>
/// Each part is the value's plain text, percent-encoded; parts are joined by a comma. Three marks keep the form total,
/// none of which percent-encoding can produce by itself:
/// <list type="bullet">
/// <item><c>~</c> in front takes the rest literally: it stands before an empty text, <c>.</c>, <c>..</c> and texts that begin with <c>~</c>.</item>
/// <item><c>!</c> alone is null.</item>
/// <item><c>!i:</c>, <c>!d:</c>, <c>!s:</c>, <c>!b:</c> say that an integer, floating number, text or binary value stands in a field of another type.</item>
/// </list>
/// </remarks>
internal static class KeyText
{
    public static string Format(RecordKey key) => string.Join(',', key.Values.Select(Part));

    public static bool TryParse(TableSchema schema, string text, [NotNullWhen(true)] out RecordKey? key)
    {
        key = null;
        var parts = text.Split(',');
        if (schema.IsKeyless || parts.Length != schema.Key.Count)
        {
            return false;
        }

        var values = new object?[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!TryPart(schema[schema.Key[i]], parts[i], out values[i]))
            {
                return false;
            }
        }

        key = new RecordKey(values);
        return true;
    }

    private static string Part(object? value) => value switch
    {
        null => "!",
        Blob { Content: { } content } => "!b:" + Convert.ToHexStringLower(content.Span),
        Blob blob => "!b:" + Convert.ToHexStringLower(blob.Head.Span),
        string text when text.Length == 0 || text is "." or ".." || text[0] == '~' => "~" + Uri.EscapeDataString(text),
        _ => Uri.EscapeDataString(ValueText.Plain(value)),
    };

    private static bool TryPart(Field field, string part, out object? value)
    {
        value = null;
        if (part == "!")
        {
            return true;
        }

        if (part.Length > 2 && part[0] == '!' && part[2] == ':')
        {
            var rest = Uri.UnescapeDataString(part[3..]);
            switch (part[1])
            {
                case 'i' when long.TryParse(rest, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var integer):
                    value = integer;
                    return true;
                case 'd' when double.TryParse(rest, NumberStyles.Float, CultureInfo.InvariantCulture, out var number):
                    value = number;
                    return true;
                case 's':
                    value = rest;
                    return true;
                case 'b' when rest.Length % 2 == 0 && rest.All(Uri.IsHexDigit):
                    value = Blob.FromContent(Convert.FromHexString(rest));
                    return true;
                default:
                    return false;
            }
        }

        var text = part.StartsWith('~') ? Uri.UnescapeDataString(part[1..]) : Uri.UnescapeDataString(part);
        if (field.Type is FieldType.Text or FieldType.Other or FieldType.Json or FieldType.Array)
        {
            value = text;
            return true;
        }

        // A text in a key of another type (SQLite allows it) has no canonical reading; it is looked up as the text it is.
        value = ValueText.TryParse(field, text, out var parsed, out _) ? parsed : text;
        return value is not null;
    }
}
