using System.Linq.Expressions;
using System.Reflection;
using Tandem.Entities;
using Tandem.Schema;

namespace Tandem.Querying.Lambdas;

/// <summary>Finds the fields that a lambda's parts stand for.</summary>
internal sealed class LambdaFields(ParameterExpression entity, TableSchema? schema)
{
    /// <summary>Whether a part depends on the object, and so is not a value.</summary>
    public bool Mentions(Expression part)
    {
        var search = new Search(entity);
        search.Visit(part);
        return search.IsFound;
    }

    /// <summary>The property that a part is, through conversions that lose nothing and <c>.Value</c>.</summary>
    /// <exception cref="FilterExpressionException">It is something else.</exception>
    public EntityProperty Of(Expression part)
    {
        var inner = part;
        while (true)
        {
            switch (inner)
            {
                case UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.ConvertChecked or ExpressionType.TypeAs, Method: null or { IsSpecialName: true } } convert
                    when LambdaCompare.IsWidening(convert.Operand.Type, convert.Type):
                    inner = convert.Operand;
                    continue;
                case MemberExpression { Member.Name: "Value", Expression: { } nullable } when Nullable.GetUnderlyingType(nullable.Type) is not null:
                    inner = nullable;
                    continue;
                case MemberExpression { Member: PropertyInfo property, Expression: { } owner } when IsEntity(owner):
                    return Find(property, part);
                case MemberExpression member when Mentions(member):
                    throw Refused(part, $"Only properties of {entity.Type.Name} itself can be asked for. Filter by one of them.");
                default:
                    throw Refused(part, "Compare a property as it is with a value.");
            }
        }
    }

    public FilterExpressionException Refused(Expression part, string remedy, Exception? cause = null) => new(LambdaText.Of(part), remedy, cause);

    private bool IsEntity(Expression part) => part == entity || (part is UnaryExpression { NodeType: ExpressionType.Convert or ExpressionType.TypeAs } convert && IsEntity(convert.Operand));

    private EntityProperty Find(PropertyInfo named, Expression part)
    {
        // A lambda over a base class or interface names that one's property; attributes stand on the class's own.
        var property = EntityProperty.Stored(entity.Type).FirstOrDefault(p => p.Name == named.Name) ?? throw Refused(part, "The property is not stored. Filter by one that is.");
        var field = schema is null ? EntitySchema.FieldFor(property) : EntityNames.FieldOf(schema, property);
        return field is null ? throw Refused(part, $"Table '{schema!.Name}' has no field for it. Filter by another property.") : new EntityProperty(property, field);
    }

    private sealed class Search(ParameterExpression entity) : ExpressionVisitor
    {
        public bool IsFound { get; private set; }

        protected override Expression VisitParameter(ParameterExpression node)
        {
            IsFound |= node == entity;
            return node;
        }
    }
}
