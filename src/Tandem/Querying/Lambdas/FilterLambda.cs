using System.Linq.Expressions;
using Tandem.Schema;

namespace Tandem.Querying.Lambdas;

/// <summary>
/// Turns a lambda over a class into a filter: comparisons both ways round, <c>&amp;&amp;</c>, <c>||</c>, <c>!</c>, booleans, null checks, parts of texts and
/// membership of lists. What does not mention the object is a value, read at once. Everything else is refused.
/// </summary>
internal sealed class FilterLambda
{
    private readonly LambdaFields _fields;

    private FilterLambda(LambdaFields fields) => _fields = fields;

    /// <param name="lambda">The lambda.</param>
    /// <param name="schema">The table, or null to go by the class alone.</param>
    /// <exception cref="FilterExpressionException">A part has no counterpart among filters.</exception>
    public static Filter Translate(LambdaExpression lambda, TableSchema? schema) => new FilterLambda(new LambdaFields(lambda.Parameters[0], schema)).Condition(lambda.Body);

    private Filter Condition(Expression part)
    {
        if (!_fields.Mentions(part))
        {
            return LambdaValues.Of(part) is true ? Filter.All : Filter.None;
        }

        return part switch
        {
            BinaryExpression { NodeType: ExpressionType.AndAlso or ExpressionType.And } both when both.Type == typeof(bool) => Both(Condition(both.Left), Condition(both.Right)),
            BinaryExpression { NodeType: ExpressionType.OrElse or ExpressionType.Or } either when either.Type == typeof(bool) => Either(Condition(either.Left), Condition(either.Right)),
            UnaryExpression { NodeType: ExpressionType.Not } not => Negated(Condition(not.Operand)),
            BinaryExpression comparison when LambdaCompare.OperatorOf(comparison.NodeType) is { } sign => Compare(comparison, sign),
            MemberExpression { Member.Name: "HasValue", Expression: { } nullable } when Nullable.GetUnderlyingType(nullable.Type) is not null =>
                new Filter.Compare(_fields.Of(nullable).Field.Name, CompareOperator.NotEqual, null),
            MethodCallExpression call => LambdaCalls.Translate(_fields, call),
            _ when part.Type == typeof(bool) => Filter.Eq(_fields.Of(part).Field.Name, true),
            _ => throw _fields.Refused(part, "Compare it with a value."),
        };
    }

    private Filter Compare(BinaryExpression comparison, CompareOperator sign)
    {
        var (left, right) = (comparison.Left, comparison.Right);
        if (_fields.Mentions(right))
        {
            if (_fields.Mentions(left))
            {
                throw _fields.Refused(comparison, "Compare a property with a value; two properties cannot be compared with each other.");
            }

            (left, right, sign) = (right, left, LambdaCompare.Mirrored(sign));
        }

        var isEquality = sign is CompareOperator.Equal or CompareOperator.NotEqual;
        if (isEquality && left.Type == typeof(bool) && left is not MemberExpression)
        {
            // (p.Price > 3) == true
            var holds = Condition(left);
            return LambdaValues.Of(right) is true == (sign == CompareOperator.Equal) ? holds : Negated(holds);
        }

        return LambdaCompare.Build(_fields, comparison, _fields.Of(left), sign, LambdaValues.Of(right));
    }

    // What is known at once melts away, so that a source is not asked about it.
    private static Filter Both(Filter a, Filter b) => a == Filter.None || b == Filter.None ? Filter.None : a & b;

    private static Filter Either(Filter a, Filter b) => a == Filter.None ? b : b == Filter.None ? a : a | b;

    private static Filter Negated(Filter filter) => filter is Filter.AllFilter ? Filter.None : filter == Filter.None ? Filter.All : new Filter.Not(filter);
}
