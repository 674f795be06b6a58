using System.Collections;
using System.Linq.Expressions;

namespace Tandem.Querying.Lambdas;

/// <summary>Calls that have a counterpart among filters: parts of texts, equality, membership of lists.</summary>
internal static class LambdaCalls
{
    /// <exception cref="FilterExpressionException">The call has no counterpart.</exception>
    public static Filter Translate(LambdaFields fields, MethodCallExpression call)
    {
        var (method, target) = (call.Method, call.Object);
        if (target?.Type == typeof(string) && fields.Mentions(target) && method.Name is "StartsWith" or "EndsWith" or "Contains" && call.Arguments is [var text, ..])
        {
            return Match(fields, call, target!, text);
        }

        return (method.Name, target, call.Arguments) switch
        {
            ("IsNullOrEmpty", null, [var only]) when method.DeclaringType == typeof(string) && fields.Of(only).Field.Name is var name => Filter.Eq(name, null) | Filter.Eq(name, ""),
            ("Equals", { } left, [var right]) => Equal(fields, call, left, right),
            ("Equals", { } left, [var right, var comparison]) when left.Type == typeof(string) && IsOrdinal(fields, call, comparison) => Equal(fields, call, left, right),
            ("Equals", null, [var left, var right]) when method.DeclaringType == typeof(string) || method.DeclaringType == typeof(object) => Equal(fields, call, left, right),
            ("Contains", { } list, [var item]) when !fields.Mentions(list) => In(fields, call, list, item),
            ("Contains", null, [var list, var item]) when !fields.Mentions(list) => In(fields, call, list, item),
            ("Contains", null, [var list, var item, ConstantExpression { Value: null }]) when !fields.Mentions(list) => In(fields, call, list, item),
            _ => throw fields.Refused(call, "Texts can be asked for StartsWith, EndsWith, Contains and Equals, lists for Contains. Load the records and do the rest in memory."),
        };
    }

    private static Filter.Match Match(LambdaFields fields, MethodCallExpression call, Expression target, Expression text)
    {
        var property = fields.Of(target);
        if (property.Converter is not null)
        {
            throw fields.Refused(call, $"{property.Property.Name} is stored in another form. Compare it for equality.");
        }

        if (fields.Mentions(text))
        {
            throw fields.Refused(call, "Look for a value; two properties cannot be compared with each other.");
        }

        // Without a comparison C# goes by the language of the machine; filters go by code point, as every source can.
        var comparison = call.Arguments.Count == 1 ? StringComparison.Ordinal : LambdaValues.Of(call.Arguments[1]) as StringComparison?;
        if (call.Arguments.Count > 2 || comparison is not (StringComparison.Ordinal or StringComparison.OrdinalIgnoreCase))
        {
            throw fields.Refused(call, "Use StringComparison.Ordinal or StringComparison.OrdinalIgnoreCase; sources do not compare by a language.");
        }

        var sought = LambdaValues.Of(text) switch
        {
            string s => s,
            char c => c.ToString(),
            _ => throw fields.Refused(call, "Look for a text; null is part of none."),
        };
        var where = call.Method.Name switch
        {
            "StartsWith" => MatchOperator.StartsWith,
            "EndsWith" => MatchOperator.EndsWith,
            _ => MatchOperator.Contains,
        };
        return new Filter.Match(property.Field.Name, where, sought, comparison == StringComparison.OrdinalIgnoreCase);
    }

    private static Filter Equal(LambdaFields fields, MethodCallExpression call, Expression left, Expression right)
    {
        if (fields.Mentions(left) == fields.Mentions(right))
        {
            throw fields.Refused(call, "Compare a property with a value; two properties cannot be compared with each other.");
        }

        var (property, value) = fields.Mentions(left) ? (left, right) : (right, left);
        return LambdaCompare.Build(fields, call, fields.Of(property), CompareOperator.Equal, LambdaValues.Of(value));
    }

    private static Filter.In In(LambdaFields fields, MethodCallExpression call, Expression list, Expression item)
    {
        // Since C# 14 an array's Contains is a span's; the array is what the span is made of.
        while (Inside(list) is { } inner)
        {
            list = inner;
        }

        if (LambdaValues.Of(list) is not IEnumerable values || values is string || HasOwnComparer(values))
        {
            throw fields.Refused(call, "Use an array, a list or a set with the usual equality.");
        }

        var property = fields.Of(item);
        return new Filter.In(property.Field.Name, [.. values.Cast<object?>()
            // What no record can hold is left out.
            .Select(v => LambdaCompare.Build(fields, call, property, CompareOperator.Equal, v)).OfType<Filter.Compare>().Select(c => c.Value)]);
    }

    private static Expression? Inside(Expression list) => list switch
    {
        MethodCallExpression { Method.Name: "op_Implicit", Arguments: [var array] } => array,
        UnaryExpression { NodeType: ExpressionType.Convert, Method: null, Operand: var converted } => converted,
        _ => null,
    };

    /// <summary>A set or dictionary may hold texts equal that a source tells apart.</summary>
    private static bool HasOwnComparer(IEnumerable values) => values.GetType() is { IsArray: false } type && type.GetProperty("Comparer")?.GetValue(values) switch
    {
        null => false,
        StringComparer comparer => !ReferenceEquals(comparer, StringComparer.Ordinal),
        var comparer => comparer.GetType().Namespace?.StartsWith("System.Collections.Generic", StringComparison.Ordinal) != true || type.Name.StartsWith("Sorted", StringComparison.Ordinal) && values is IEnumerable<string?>,
    };

    private static bool IsOrdinal(LambdaFields fields, MethodCallExpression call, Expression comparison) => LambdaValues.Of(comparison) is StringComparison.Ordinal
        ? true
        : throw fields.Refused(call, "Use StringComparison.Ordinal; for letters of either case ask for StartsWith and EndsWith.");
}
