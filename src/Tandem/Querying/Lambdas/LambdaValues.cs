using System.Linq.Expressions;
using System.Reflection;

namespace Tandem.Querying.Lambdas;

/// <summary>Reads the parts of a lambda that are values: constants, captured variables, members and calls on them.</summary>
internal static class LambdaValues
{
    /// <exception cref="Exception">Whatever a member or method that is read throws.</exception>
    public static object? Of(Expression part) => part switch
    {
        ConstantExpression constant => constant.Value,
        MemberExpression member => Member(member),
        UnaryExpression { NodeType: ExpressionType.Convert, Method: null } convert when convert.Type.IsAssignableFrom(convert.Operand.Type) || Nullable.GetUnderlyingType(convert.Type) == convert.Operand.Type => Of(convert.Operand),
        NewExpression { Constructor: { } constructor } made => constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. made.Arguments.Select(Of)], null),
        NewArrayExpression { NodeType: ExpressionType.NewArrayInit } array => Array(array),
        // Arithmetic, calls and whatever else there is: interpreted, which costs less than compiling what runs once.
        _ => Expression.Lambda<Func<object?>>(Expression.Convert(part, typeof(object))).Compile(preferInterpretation: true)(),
    };

    private static object? Member(MemberExpression member)
    {
        var target = member.Expression is null ? null : Of(member.Expression);
        var isNullable = member.Expression is not null && Nullable.GetUnderlyingType(member.Expression.Type) is not null;
        return (member.Member, target) switch
        {
            // A nullable that is boxed is its value or nothing.
            ({ Name: "HasValue" }, _) when isNullable => target is not null,
            ({ Name: "Value" }, { } value) when isNullable => value,
            (_, null) when member.Expression is not null => throw new FilterExpressionException(LambdaText.Of(member), $"{LambdaText.Of(member.Expression)} is null at this moment. Give it a value first."),
            (FieldInfo field, _) => field.GetValue(target),
            (PropertyInfo property, _) => property.GetValue(target, BindingFlags.DoNotWrapExceptions, null, null, null),
            _ => throw new FilterExpressionException(LambdaText.Of(member), "Read it into a variable first."),
        };
    }

    private static Array Array(NewArrayExpression made)
    {
        var array = System.Array.CreateInstance(made.Type.GetElementType()!, made.Expressions.Count);
        for (var i = 0; i < made.Expressions.Count; i++)
        {
            array.SetValue(Of(made.Expressions[i]), i);
        }

        return array;
    }
}
