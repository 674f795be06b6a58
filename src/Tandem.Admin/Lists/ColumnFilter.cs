using Tandem.Admin.Lists.Filters;
using Tandem.Schema;

namespace Tandem.Admin.Lists;

/// <summary>One condition on one column, as the address carries it: <c>f.price=ge:3</c>.</summary>
internal sealed record ColumnFilter(Field Field, string Operator, string Value)
{
    public Condition.Leaf ToCondition() => new(new FieldPath([Field.Name]), Operator, Value);
}
