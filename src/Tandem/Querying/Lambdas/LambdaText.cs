using System.Linq.Expressions;
using System.Runtime.CompilerServices;

namespace Tandem.Querying.Lambdas;

/// <summary>Parts of a lambda as a person would write them: captured variables by their names, without the classes the compiler keeps them in.</summary>
internal sealed class LambdaText : ExpressionVisitor
{
    public static string Of(Expression part) => new LambdaText().Visit(part).ToString();

    protected override Expression VisitMember(MemberExpression node) =>
        node.Expression is ConstantExpression { Type: var type } && Attribute.IsDefined(type, typeof(CompilerGeneratedAttribute))
            ? Expression.Parameter(node.Type, node.Member.Name)
            : base.VisitMember(node);

    protected override Expression VisitUnary(UnaryExpression node) =>
        node.NodeType == ExpressionType.Convert && node.Operand.Type.IsEnum ? node : base.VisitUnary(node);
}
