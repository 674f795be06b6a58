using System.Globalization;
using System.Text.Json;
using Tandem.Schema;

namespace Tandem.Records;

/// <summary>Values as text: the plain form that inputs and addresses carry, and the form people read.</summary>
/// <remarks>Every plain form is invariant (point as decimal separator, ISO 8601 dates) and parses back to the same value.</remarks>
public static class ValueText
{
    private const string DateTimeFormat = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF";

    /// <summary>The invariant text of a value; empty for null.</summary>
    public static string Plain(object? value) => value switch
    {
        null => "",
        string text => text,
        long number => number.ToString(CultureInfo.InvariantCulture),
        decimal number => number.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        bool flag => flag ? "true" : "false",
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        DateTime time => time.ToString(DateTimeFormat, CultureInfo.InvariantCulture),
        DateTimeOffset time => time.UtcDateTime.ToString(DateTimeFormat + "'Z'", CultureInfo.InvariantCulture),
        Guid guid => guid.ToString(),
        Blob blob => blob.ToString(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    /// <summary>The text people read in lists and beside inputs: decimals with their scale, times without the <c>T</c>, blobs by size and kind.</summary>
    public static string Display(Field field, object? value) => value switch
    {
        null => "",
        decimal number when field.Scale is > 0 => number.ToString("F" + field.Scale.Value.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) is var text && decimal.Parse(text, CultureInfo.InvariantCulture) == number
            ? text
            : Plain(value),
        bool flag => flag ? "Yes" : "No",
        TimeOnly time => time.ToString(time.Ticks % TimeSpan.TicksPerMinute == 0 ? "HH:mm" : "HH:mm:ss.FFFFFFF", CultureInfo.InvariantCulture),
        DateTime time => Clock(time),
        DateTimeOffset time => Clock(time.UtcDateTime) + " UTC",
        Blob blob => $"{Size(blob.Length)} {Kind(blob.MediaType)}",
        _ => Plain(value),
    };

    /// <summary>Bytes as people say them: 512 B, 1.4 KB, 3 MB.</summary>
    public static string Size(long bytes)
    {
        string[] units = ["B", "KB", "MB", "GB", "TB"];
        var (size, unit) = ((double)bytes, 0);
        while (size >= 1000 && unit < units.Length - 1)
        {
            (size, unit) = (size / 1000, unit + 1);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{size:0.#} {units[unit]}");
    }

    /// <summary>Reads a value from its plain text. An empty text is null for every type but text.</summary>
    /// <param name="field">The field the value is for.</param>
    /// <param name="text">What was typed.</param>
    /// <param name="value">The value, when true is returned.</param>
    /// <param name="error">What is expected instead, when false is returned.</param>
    public static bool TryParse(Field field, string text, out object? value, out string error)
    {
        const DateTimeStyles Exact = DateTimeStyles.AllowWhiteSpaces;
        var culture = CultureInfo.InvariantCulture;
        (value, error) = (null, "");
        if (field.Type is FieldType.Text or FieldType.Other)
        {
            value = text;
            return true;
        }

        var trimmed = text.Trim();
        if (trimmed.Length == 0)
        {
            return true;
        }

        switch (field.Type)
        {
            case FieldType.Integer:
                if (long.TryParse(trimmed, NumberStyles.AllowLeadingSign, culture, out var integer))
                {
                    value = integer;
                    return true;
                }

                error = "Enter a whole number, such as 42.";
                return false;
            case FieldType.Decimal:
                if (decimal.TryParse(trimmed, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, culture, out var exact))
                {
                    value = exact;
                    return true;
                }

                error = "Enter a number, such as 12.50.";
                return false;
            case FieldType.Float:
                if (double.TryParse(trimmed, NumberStyles.Float, culture, out var number))
                {
                    value = number;
                    return true;
                }

                error = "Enter a number, such as 1.5.";
                return false;
            case FieldType.Boolean:
                value = trimmed.ToLowerInvariant() switch
                {
                    "true" or "1" or "yes" or "on" => true,
                    "false" or "0" or "no" or "off" => false,
                    _ => null,
                };
                error = value is null ? "Enter true or false." : "";
                return value is not null;
            case FieldType.Date:
                if (DateOnly.TryParseExact(trimmed, "yyyy-MM-dd", culture, Exact, out var date))
                {
                    value = date;
                    return true;
                }

                error = "Enter a date as year-month-day, such as 2026-11-20.";
                return false;
            case FieldType.Time:
                if (TimeOnly.TryParseExact(trimmed, ["HH:mm", "HH:mm:ss", "HH:mm:ss.FFFFFFF"], culture, Exact, out var time))
                {
                    value = time;
                    return true;
                }

                error = "Enter a time, such as 14:30.";
                return false;
            case FieldType.DateTime:
                if (DateTime.TryParseExact(trimmed, s_dateTimes, culture, Exact, out var local))
                {
                    value = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
                    return true;
                }

                error = "Enter a date and time without a zone, such as 2026-11-20T14:30.";
                return false;
            case FieldType.Instant:
                if (DateTimeOffset.TryParseExact(trimmed, s_instants, culture, Exact | DateTimeStyles.AssumeUniversal, out var instant))
                {
                    value = instant.ToUniversalTime();
                    return true;
                }

                error = "Enter a date and time with a zone, such as 2026-11-20T14:30:00Z.";
                return false;
            case FieldType.Uuid:
                if (Guid.TryParse(trimmed, out var guid))
                {
                    value = guid;
                    return true;
                }

                error = "Enter a UUID, such as 0196f3a0-0000-7000-8000-000000000000.";
                return false;
            case FieldType.Json or FieldType.Array:
                return TryJson(field.Type, trimmed, out value, out error);
            case FieldType.Bytes:
                error = "Send binary content as a file.";
                return false;
            default:
                error = "This kind of value cannot be entered.";
                return false;
        }
    }

    private static readonly string[] s_dateTimes =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm", "yyyy-MM-dd",
    ];

    private static readonly string[] s_instants =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mmK",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzz", "yyyy-MM-dd HH:mm:ss.FFFFFFFzz", "yyyy-MM-dd",
    ];

    private static bool TryJson(FieldType type, string text, out object? value, out string error)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            if (type == FieldType.Array && document.RootElement.ValueKind != JsonValueKind.Array)
            {
                (value, error) = (null, "Enter a JSON array, such as [1, 2, 3].");
                return false;
            }

            (value, error) = (text, "");
            return true;
        }
        catch (JsonException e)
        {
            (value, error) = (null, $"Enter valid JSON: line {e.LineNumber + 1}, position {e.BytePositionInLine + 1} cannot be read.");
            return false;
        }
    }

    private static string Clock(DateTime time) => time.ToString(
        time.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : time.Ticks % TimeSpan.TicksPerMinute == 0 ? "yyyy-MM-dd HH:mm" : "yyyy-MM-dd HH:mm:ss.FFFFFFF",
        CultureInfo.InvariantCulture);

    private static string Kind(string mediaType) => mediaType switch
    {
        "application/octet-stream" => "binary",
        _ => mediaType[(mediaType.IndexOf('/', StringComparison.Ordinal) + 1)..].ToUpperInvariant(),
    };
}
