using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Web.Forms;

/// <summary>How a field is entered.</summary>
internal enum ControlKind
{
    Text,
    LongText,
    Number,
    Choice,
    Boolean,
    Date,
    Time,
    DateTime,
    Instant,
    Json,
    Reference,
    Blob,

    /// <summary>A plain text input for a stored value that does not fit the field's type; it is left alone unless touched.</summary>
    Misfit,
}

/// <summary>Finds the control for a field and the value in hand.</summary>
internal static class Controls
{
    private const int LongLine = 120;

    public static ControlKind KindOf(TableSchema schema, Field field, object? value)
    {
        if (!Values.Fits(field, value))
        {
            return ControlKind.Misfit;
        }

        if (field.Choices is not null)
        {
            return ControlKind.Choice;
        }

        if (schema.ReferenceOf(field.Name) is not null)
        {
            return ControlKind.Reference;
        }

        return field.Type switch
        {
            FieldType.Integer or FieldType.Decimal or FieldType.Float => ControlKind.Number,
            FieldType.Boolean => ControlKind.Boolean,
            FieldType.Date => ControlKind.Date,
            FieldType.Time => value is TimeOnly time && time.Ticks % TimeSpan.TicksPerMillisecond != 0 ? ControlKind.Text : ControlKind.Time,
            FieldType.DateTime => value is System.DateTime local && local.Ticks % TimeSpan.TicksPerMillisecond != 0 ? ControlKind.Text : ControlKind.DateTime,
            FieldType.Instant => value is DateTimeOffset at && at.Ticks % TimeSpan.TicksPerMillisecond != 0 ? ControlKind.Text : ControlKind.Instant,
            FieldType.Json or FieldType.Array => ControlKind.Json,
            FieldType.Bytes => ControlKind.Blob,
            FieldType.Text when IsLong(field, value) => ControlKind.LongText,
            _ => ControlKind.Text,
        };
    }

    /// <summary>The value as its control carries it; null for null.</summary>
    public static string? Wire(ControlKind kind, object? value) => value switch
    {
        null => null,
        DateTimeOffset at when kind == ControlKind.Instant => ValueText.Plain(at).TrimEnd('Z'),
        _ => ValueText.Plain(value),
    };

    private static bool IsLong(Field field, object? value) =>
        field.IsLongText || field.MaxLength > 400 || value is string text && (text.Length > LongLine || text.Contains('\n', StringComparison.Ordinal));
}
