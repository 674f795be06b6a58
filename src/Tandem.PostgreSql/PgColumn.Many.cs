using System.Globalization;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.PostgreSql;

/// <content>Values of many rows, sent as arrays of texts, one per field, however many rows there are.</content>
internal sealed partial class PgColumn
{
    /// <summary>A value as the text that <see cref="Cast"/> reads back.</summary>
    public string? TextOf(object? value) => value switch
    {
        null => null,
        string text when Field.Type == FieldType.Array && text.StartsWith('[') => PgArray.FromJson(text),
        string text => text,
        Blob blob => "\\x" + Convert.ToHexString((blob.Content ?? blob.Head).Span),
        DateTime local => local.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        DateTimeOffset instant => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.ffffff'+00'", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        _ => ValueText.Plain(value),
    };

    /// <summary>A value to be guarded as the text that <see cref="HoldsBasis"/> compares: a blob by its digest, or by length and first bytes where it has none.</summary>
    public string? BasisOf(object? value) => value is Blob blob
        ? blob.Digest ?? string.Create(CultureInfo.InvariantCulture, $"{blob.Length}:{Convert.ToHexStringLower(blob.Head.Span)}")
        : TextOf(value);

    /// <summary>A text as a value to assign.</summary>
    public string Cast(string text) => isCast || Field.Type is not FieldType.Text ? $"{text}::{type}" : text;

    /// <summary>A text as a value to compare with <see cref="Comparable"/>.</summary>
    public string CastComparable(string text) => Field.Type switch
    {
        FieldType.Json => $"{text}::jsonb",
        FieldType.Other => $"{text}::{type}::text",
        _ => Cast(text),
    };

    /// <summary>The condition that the column holds exactly the value of a text, null included.</summary>
    public string HoldsText(string prefix, string text) => Field.Type switch
    {
        FieldType.Text => $"{prefix}{Quoted}::text COLLATE \"C\" IS NOT DISTINCT FROM {Cast(text)}::text COLLATE \"C\"",
        FieldType.Bytes => $"{prefix}{Quoted} IS NOT DISTINCT FROM {text}::bytea",
        _ => $"{Comparable(prefix)} IS NOT DISTINCT FROM {CastComparable(text)}",
    };

    /// <summary>The condition that the column holds what a writer started from.</summary>
    public string HoldsBasis(string prefix, string text) => Field.Type != FieldType.Bytes
        ? HoldsText(prefix, text)
        : $"CASE WHEN {text} LIKE '%:%' THEN octet_length({prefix}{Quoted}) || ':' || encode(substring({prefix}{Quoted} from 1 for {Blob.HeadLength}), 'hex') ELSE md5({prefix}{Quoted}) END IS NOT DISTINCT FROM {text}";
}
