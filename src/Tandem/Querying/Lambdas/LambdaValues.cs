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
        MemberExpression { Member: FieldInfo field } member when member.Expression is null || Of(member.Expression) is { } => field.GetValue(member.Expression is null ? null : Of(member.Expression)),
        MemberExpression { Member: PropertyInfo property } member when member.Expression is null || Nullable.GetUnderlyingType(member.Expression.Type) is null && Of(member.Expression) is { } =>
            property.GetValue(member.Expression is null ? null : Of(member.Expression), BindingFlags.DoNotWrapExceptions, null, null, null),
        UnaryExpression { NodeType: ExpressionType.Convert, Method: null } convert when convert.Type.IsAssignableFrom(convert.Operand.Type) || Nullable.GetUnderlyingType(convert.Type) == convert.Operand.Type => Of(convert.Operand),
        NewExpression { Constructor: { } constructor } made => constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [.. made.Arguments.Select(Of)], null),
        NewArrayExpression { NodeType: ExpressionType.NewArrayInit } array => Array(array),
        // Arithmetic, calls and whatever else there is: interpreted, which costs less than compiling what runs once.
        _ => Expression.Lambda<Func<object?>>(Expression.Convert(part, typeof(object))).Compile(preferInterpretation: true)(),
    };

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
