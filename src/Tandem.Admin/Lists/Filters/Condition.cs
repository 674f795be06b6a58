using Tandem.Querying;
using Tandem.Schema;

namespace Tandem.Admin.Lists.Filters;

/// <summary>How a group's conditions go together.</summary>
internal enum GroupKind
{
    /// <summary>All of them hold.</summary>
    And,

    /// <summary>At least one holds.</summary>
    Or,

    /// <summary>None holds.</summary>
    None,

    /// <summary>At least one does not hold.</summary>
    NotAll,
}

/// <summary>What a list is filtered by, as people write and read it. Immutable.</summary>
internal abstract record Condition
{
    /// <summary>Deepest nesting and most conditions of a filter.</summary>
    public const int MostDepth = 6;
    public const int MostLeaves = 50;

    private Condition()
    {
    }

    /// <summary>A field compared with a value as it was typed.</summary>
    public sealed record Leaf(FieldPath Path, string Operator, string Value) : Condition
    {
        public override string Say(TableSchema schema, ITies ties)
        {
            try
            {
                var (at, field) = Path.End(schema, ties);
                var operation = Operators.Find(at, field, Operator);
                var value = field.Type == FieldType.Boolean ? (Value == "true" ? "Yes" : "No")
                    : operation?.Takes == Operand.Two ? Value.Replace("..", " and ", StringComparison.Ordinal) : Value;
                return $"{Path.Say(schema, ties)} {operation?.Words ?? Operator}{(operation?.Takes == Operand.Nothing ? "" : " " + value)}";
            }
            catch (QueryException)
            {
                // The list itself says what is wrong; the chip stays, so that it can be taken off.
                return $"{Path} {Operator} {Value}";
            }
        }
    }

    /// <summary>Several conditions together.</summary>
    public sealed record Group(GroupKind Kind, IReadOnlyList<Condition> Conditions) : Condition
    {
        public bool Equals(Group? other) => other is not null && Kind == other.Kind && Conditions.SequenceEqual(other.Conditions);

        public override int GetHashCode() => HashCode.Combine(Kind, Conditions.Count);

        public override string Say(TableSchema schema, ITies ties)
        {
            var parts = Conditions.Select(c => c is Group ? $"({c.Say(schema, ties)})" : c.Say(schema, ties));
            return Kind switch
            {
                GroupKind.And => string.Join(" and ", parts),
                GroupKind.Or => string.Join(" or ", parts),
                GroupKind.None => $"neither {string.Join(" nor ", parts)}",
                _ => $"not both {string.Join(" and ", parts)}",
            };
        }
    }

    /// <summary>The condition in words.</summary>
    public abstract string Say(TableSchema schema, ITies ties);

    public IEnumerable<Leaf> Leaves() => this is Group group ? group.Conditions.SelectMany(c => c.Leaves()) : [(Leaf)this];
}
