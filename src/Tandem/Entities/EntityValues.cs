using System.Globalization;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Entities;

/// <summary>Values between C# types and fields: <c>int</c> and <c>long</c>, enums and their names, <c>byte[]</c> and blobs.</summary>
internal static class EntityValues
{
    /// <summary>A field's value as a property's type.</summary>
    /// <exception cref="InvalidCastException">The value cannot be one.</exception>
    public static object? FromField(object? value, Type type)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (value is null)
        {
            return target == type && type.IsValueType ? Activator.CreateInstance(type) : null;
        }

        if (target.IsInstanceOfType(value))
        {
            return value;
        }

        if (target.IsEnum)
        {
            return value is string name
                ? Enum.GetNames(target).FirstOrDefault(n => EntityNames.Same(n, name)) is { } known ? Enum.Parse(target, known) : throw Cannot(value, type)
                : Enum.ToObject(target, value);
        }

        return (value, target) switch
        {
            (Blob { Content: { } content }, _) when target == typeof(byte[]) => content.ToArray(),
            (DateTimeOffset instant, _) when target == typeof(DateTime) => instant.UtcDateTime,
            (DateTime local, _) when target == typeof(DateTimeOffset) => new DateTimeOffset(local, TimeSpan.Zero),
            (DateTime local, _) when target == typeof(DateOnly) => DateOnly.FromDateTime(local),
            (string text, _) when target == typeof(Guid) && Guid.TryParse(text, out var guid) => guid,
            (IConvertible, _) when typeof(IConvertible).IsAssignableFrom(target) => Convert.ChangeType(value, target, CultureInfo.InvariantCulture),
            _ when target == typeof(string) => ValueText.Plain(value),
            _ => throw Cannot(value, type),
        };
    }

    /// <summary>A property's value as the field keeps it.</summary>
    public static object? ToField(Field field, object? value) => value switch
    {
        null => null,
        Enum member when field.Type == FieldType.Integer => Convert.ToInt64(member, CultureInfo.InvariantCulture),
        Enum member => field.Choices?.FirstOrDefault(c => EntityNames.Same(c, member.ToString())) ?? member.ToString(),
        byte[] bytes => Blob.FromContent(bytes),
        DateTime time when field.Type == FieldType.Instant => new DateTimeOffset(time.ToUniversalTime()),
        DateTime time => DateTime.SpecifyKind(time, DateTimeKind.Unspecified),
        DateTimeOffset instant when field.Type == FieldType.DateTime => DateTime.SpecifyKind(instant.UtcDateTime, DateTimeKind.Unspecified),
        DateTimeOffset instant => instant.ToUniversalTime(),
        Guid guid when field.Type == FieldType.Text => guid.ToString(),
        string or bool or long or decimal or double or DateOnly or TimeOnly or DateTimeOffset or Guid or Blob => Widen(field, value),
        IConvertible => Widen(field, value),
        _ => ValueText.Plain(value),
    };

    private static object Widen(Field field, object value) => (field.Type, value) switch
    {
        (FieldType.Integer, not (string or bool)) => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        (FieldType.Decimal, not (string or bool)) => Convert.ToDecimal(value, CultureInfo.InvariantCulture),
        (FieldType.Float, not (string or bool)) => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        (_, int or short or byte or uint or ushort or sbyte) => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        _ => value,
    };

    private static InvalidCastException Cannot(object value, Type type) => new($"A value of type {value.GetType().Name} cannot be read as {type.Name}.");
}
