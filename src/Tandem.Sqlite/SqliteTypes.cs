using System.Globalization;
using System.Text.RegularExpressions;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Sqlite;

/// <summary>Reads SQLite's free-form declared types the way their authors meant them.</summary>
internal static partial class SqliteTypes
{
    public static FieldType FieldTypeOf(string declared)
    {
        var type = declared.ToUpperInvariant();
        var parenthesis = type.IndexOf('(', StringComparison.Ordinal);
        var name = (parenthesis >= 0 ? type[..parenthesis] : type).Trim();
        return name switch
        {
            "" or "ANY" => FieldType.Other,
            "BIT" => FieldType.Boolean,
            "DATE" => FieldType.Date,
            "TIME" => FieldType.Time,
            "JSON" or "JSONB" => FieldType.Json,
            "UUID" or "GUID" or "UNIQUEIDENTIFIER" => FieldType.Uuid,
            "NUMERIC" or "NUMBER" or "MONEY" => FieldType.Decimal,
            _ when name.Contains("BOOL", StringComparison.Ordinal) => FieldType.Boolean,
            _ when name.Contains("TIMESTAMPTZ", StringComparison.Ordinal) || name.Contains("DATETIMEOFFSET", StringComparison.Ordinal)
                || name.EndsWith("WITH TIME ZONE", StringComparison.Ordinal) => FieldType.Instant,
            _ when name.Contains("TIMESTAMP", StringComparison.Ordinal) || name.Contains("DATETIME", StringComparison.Ordinal) => FieldType.DateTime,
            _ when name.Contains("DECIMAL", StringComparison.Ordinal) => FieldType.Decimal,
            _ when name.Contains("INT", StringComparison.Ordinal) => FieldType.Integer,
            _ when name.Contains("CHAR", StringComparison.Ordinal) || name.Contains("CLOB", StringComparison.Ordinal) || name.Contains("TEXT", StringComparison.Ordinal)
                || name.Contains("STRING", StringComparison.Ordinal) => FieldType.Text,
            _ when name.Contains("BLOB", StringComparison.Ordinal) || name.Contains("BINARY", StringComparison.Ordinal) || name.Contains("IMAGE", StringComparison.Ordinal)
                || name.Contains("BYTEA", StringComparison.Ordinal) => FieldType.Bytes,
            _ when name.Contains("REAL", StringComparison.Ordinal) || name.Contains("FLOA", StringComparison.Ordinal) || name.Contains("DOUB", StringComparison.Ordinal) => FieldType.Float,
            _ => FieldType.Other,
        };
    }

    /// <summary>What stands in parentheses: precision and scale, or a length.</summary>
    public static (int? Precision, int? Scale, int? Length) SizesOf(string declared)
    {
        var match = Sizes().Match(declared);
        if (!match.Success)
        {
            return (null, null, null);
        }

        var first = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        int? second = match.Groups[2].Success ? int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) : null;
        return (first, second ?? 0, second is null ? first : null);
    }

    /// <summary>A default as a value, when it is a constant.</summary>
    public static object? ConstantOf(FieldType type, string? expression)
    {
        var text = expression?.Trim().TrimStart('(').TrimEnd(')').Trim();
        if (text is null or "" || text.Equals("NULL", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        if (text.Length >= 2 && text[0] == '\'' && text[^1] == '\'')
        {
            text = text[1..^1].Replace("''", "'", StringComparison.Ordinal);
        }
        else if (!Constant().IsMatch(text))
        {
            return null;
        }

        return ValueText.TryParse(new Field("", type), text, out var value, out _) ? value : null;
    }

    [GeneratedRegex(@"\(\s*(\d{1,9})\s*(?:,\s*(\d{1,9})\s*)?\)")]
    private static partial Regex Sizes();

    [GeneratedRegex(@"^(?:[-+]?\d+(?:\.\d+)?|true|false)$", RegexOptions.IgnoreCase)]
    private static partial Regex Constant();
}
