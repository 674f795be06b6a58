using System.Linq.Expressions;
using Tandem.Records;

namespace Tandem.Entities;

/// <summary>Compiles how a field's value is read as a property's type: a plain unboxing where the value has the form its field should have, the careful way otherwise.</summary>
internal static class FieldReading
{
    /// <summary>The value as <paramref name="type"/>.</summary>
    public static Expression Read(EntityProperty property, Type type, Expression value)
    {
        if (property.Converter is not null)
        {
            return Careful(property, type, value);
        }

        var plain = Nullable.GetUnderlyingType(type) ?? type;
        Type? stored = plain switch
        {
            _ when plain == typeof(string) || plain == typeof(long) || plain == typeof(decimal) || plain == typeof(double) || plain == typeof(bool)
                || plain == typeof(DateOnly) || plain == typeof(TimeOnly) || plain == typeof(DateTime) || plain == typeof(DateTimeOffset) || plain == typeof(Guid) || plain == typeof(Blob) => plain,
            _ when plain == typeof(int) || plain == typeof(short) || plain == typeof(byte) || plain == typeof(sbyte) || plain == typeof(uint) || plain == typeof(ushort) => typeof(long),
            _ when plain == typeof(float) => typeof(double),
            _ => null,
        };
        if (stored is null)
        {
            return Careful(property, type, value);
        }

        // The value is looked at once: it stays in a variable.
        var held = Expression.Variable(typeof(object));
        Expression read = Expression.Convert(held, stored);
        read = stored == plain ? read : stored == typeof(double) ? Expression.Convert(read, plain) : Expression.ConvertChecked(read, plain);
        return Expression.Block(
            [held],
            Expression.Assign(held, value),
            Expression.Condition(Expression.TypeIs(held, stored), plain == type ? read : Expression.Convert(read, type), Careful(property, type, held)));
    }

    private static UnaryExpression Careful(EntityProperty property, Type type, Expression value) => Expression.Convert(
        Expression.Call(typeof(FieldReading), nameof(Carefully), null, Expression.Constant(property), value, Expression.Constant(type)), type);

    private static object? Carefully(EntityProperty property, object? value, Type type) => value is not null && property.Converter is { } converter
        ? converter.FromField(value)
        : EntityValues.FromField(value, type);
}
