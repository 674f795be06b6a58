using System.Linq.Expressions;
using Tandem.Entities;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Querying.Lambdas;

/// <summary>Comparisons of a property with a value, so that they say of a record what C# says of the object.</summary>
internal static class LambdaCompare
{
    private static readonly Type[] s_whole = [typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long)];

    public static CompareOperator? OperatorOf(ExpressionType type) => type switch
    {
        ExpressionType.Equal => CompareOperator.Equal,
        ExpressionType.NotEqual => CompareOperator.NotEqual,
        ExpressionType.GreaterThan => CompareOperator.Greater,
        ExpressionType.GreaterThanOrEqual => CompareOperator.GreaterOrEqual,
        ExpressionType.LessThan => CompareOperator.Less,
        ExpressionType.LessThanOrEqual => CompareOperator.LessOrEqual,
        _ => null,
    };

    /// <summary>The operator with its sides exchanged.</summary>
    public static CompareOperator Mirrored(CompareOperator sign) => sign switch
    {
        CompareOperator.Greater => CompareOperator.Less,
        CompareOperator.GreaterOrEqual => CompareOperator.LessOrEqual,
        CompareOperator.Less => CompareOperator.Greater,
        CompareOperator.LessOrEqual => CompareOperator.GreaterOrEqual,
        _ => sign,
    };

    /// <summary>Whether a conversion keeps every value apart, so that comparing before it is comparing after it.</summary>
    public static bool IsWidening(Type from, Type to)
    {
        (from, to) = (Nullable.GetUnderlyingType(from) ?? from, Nullable.GetUnderlyingType(to) ?? to);
        if (to.IsAssignableFrom(from))
        {
            return true;
        }

        // C# compares enums and characters as numbers.
        from = from.IsEnum ? Enum.GetUnderlyingType(from) : from == typeof(char) ? typeof(ushort) : from;
        to = to.IsEnum ? Enum.GetUnderlyingType(to) : to;
        return from == to || (from == typeof(DateTime) && to == typeof(DateTimeOffset)) || (from == typeof(float) && to == typeof(double)) || IsWider(from, to);
    }

    private static bool IsWider(Type from, Type to)
    {
        var (narrow, wide) = (Array.IndexOf(s_whole, from), Array.IndexOf(s_whole, to));
        var isUnsigned = from == typeof(byte) || from == typeof(ushort) || from == typeof(uint);
        var intoUnsigned = to == typeof(ushort) || to == typeof(uint) || to == typeof(byte);
        return narrow >= 0 && (to == typeof(double) || to == typeof(decimal) || (narrow < wide && (isUnsigned || !intoUnsigned)));
    }

    /// <exception cref="FilterExpressionException">The property's field orders values otherwise than C# does, or the value cannot be one of the field's.</exception>
    public static Filter Build(LambdaFields fields, Expression part, EntityProperty property, CompareOperator sign, object? value)
    {
        var isOrder = sign is not (CompareOperator.Equal or CompareOperator.NotEqual);
        var field = property.Field;
        if (value is null)
        {
            return isOrder ? Filter.None : new Filter.Compare(field.Name, sign, null);
        }

        var plain = Nullable.GetUnderlyingType(property.Property.PropertyType) ?? property.Property.PropertyType;
        if (isOrder && (property.Converter is not null || plain.IsEnum && field.Type != FieldType.Integer || plain == typeof(char) || plain == typeof(Guid)))
        {
            throw fields.Refused(part, $"Values of {property.Property.Name} are stored in a form that has another order. Compare them for equality, or ask for a list of values.");
        }

        if (value is double.NaN or float.NaN)
        {
            throw fields.Refused(part, "NaN is neither equal to nor ordered with anything.");
        }

        return field.Type == FieldType.Integer && property.Converter is null && !plain.IsEnum && value is float or double or decimal
            ? Whole(field, sign, value)
            : new Filter.Compare(field.Name, sign, Stored(fields, part, property, value));
    }

    /// <summary>A value of C# as the property's field stores it.</summary>
    /// <exception cref="FilterExpressionException">It cannot be one.</exception>
    private static object? Stored(LambdaFields fields, Expression part, EntityProperty property, object? value)
    {
        var plain = Nullable.GetUnderlyingType(property.Property.PropertyType) ?? property.Property.PropertyType;
        value = (plain.IsEnum, value) switch
        {
            (true, not (null or Enum)) => Enum.ToObject(plain, value),
            _ when plain == typeof(char) && value is int unit => ((char)unit).ToString(),
            _ when value is char letter => letter.ToString(),
            _ => value,
        };
        try
        {
            var stored = property.ToField(value);
            return Values.Fits(property.Field, stored) || property.Field.Type is FieldType.Decimal or FieldType.Float or FieldType.Integer && stored is long or decimal or double
                ? stored
                : throw Unfit(null);
        }
        catch (Exception e) when (e is InvalidCastException or OverflowException or FormatException)
        {
            throw Unfit(e);
        }

        FilterExpressionException Unfit(Exception? cause) => fields.Refused(part, $"{value} is no value of field '{property.Field.Name}'. Compare it with one of its values.", cause);
    }

    /// <summary>A whole number compared with one that may have digits after the point.</summary>
    private static Filter Whole(Field field, CompareOperator sign, object value)
    {
        // Decimals of a float or a double are rounded to the digits it is shown with; its floor is exact.
        var real = value is decimal ? 0 : Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture);
        var (floor, isWhole) = value is decimal exact
            ? (Int128.CreateSaturating(decimal.Floor(exact)), decimal.IsInteger(exact))
            : (Int128.CreateSaturating(Math.Floor(real)), double.IsInteger(real));
        if (floor < long.MinValue || floor > long.MaxValue)
        {
            // No whole number of 64 bits is beyond it.
            return sign switch
            {
                CompareOperator.Equal => Filter.None,
                CompareOperator.NotEqual => Filter.All,
                CompareOperator.Greater or CompareOperator.GreaterOrEqual => floor < 0 ? NotNull(field) : Filter.None,
                _ => floor > 0 ? NotNull(field) : Filter.None,
            };
        }

        return sign switch
        {
            _ when isWhole => new Filter.Compare(field.Name, sign, (long)floor),
            CompareOperator.Equal => Filter.None,
            CompareOperator.NotEqual => Filter.All,
            CompareOperator.Greater or CompareOperator.GreaterOrEqual => new Filter.Compare(field.Name, CompareOperator.Greater, (long)floor),
            _ => new Filter.Compare(field.Name, CompareOperator.LessOrEqual, (long)floor),
        };
    }

    private static Filter.Compare NotNull(Field field) => new(field.Name, CompareOperator.NotEqual, null);
}
