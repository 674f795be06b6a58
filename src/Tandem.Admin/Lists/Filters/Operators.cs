using Tandem.Schema;

namespace Tandem.Admin.Lists.Filters;

/// <summary>What stands behind an operator.</summary>
internal enum Operand
{
    Nothing,
    One,

    /// <summary>Two values with two dots between: <c>3..5</c>.</summary>
    Two,

    /// <summary>Several values with commas between.</summary>
    Many,

    /// <summary>A length of time: <c>7 days</c>.</summary>
    Span,
}

/// <summary>One way to compare a field.</summary>
internal sealed record Operator(string Name, string Words, Operand Takes = Operand.One);

/// <summary>The operators that a field offers, by its type.</summary>
internal static class Operators
{
    private static readonly Operator[] s_reference =
        [new("names", "is called"), new("namesnot", "is not called"), new("is", "has the key"), new("isnot", "has not the key"), new("in", "is one of the keys", Operand.Many)];

    private static readonly Operator[] s_equal = [new("is", "is"), new("isnot", "is not"), new("in", "is one of", Operand.Many), new("notin", "is none of", Operand.Many)];

    private static readonly Operator[] s_text =
        [new("has", "contains"), new("hasnot", "does not contain"), new("is", "is"), new("isnot", "is not"), new("starts", "starts with"), new("ends", "ends with"), new("in", "is one of", Operand.Many), new("notin", "is none of", Operand.Many)];

    private static readonly Operator[] s_time =
        [new("is", "is"), new("ge", "from"), new("gt", "after"), new("le", "until"), new("lt", "before"), new("between", "between", Operand.Two)];

    private static readonly Operator[] s_span = [new("last", "in the last", Operand.Span), new("next", "in the next", Operand.Span)];

    private static readonly Operator[] s_number =
        [new("is", "="), new("isnot", "≠"), new("ge", "≥"), new("gt", ">"), new("le", "≤"), new("lt", "<"), new("between", "between", Operand.Two), new("in", "is one of", Operand.Many)];

    private static readonly Operator[] s_empty = [new("empty", "is empty", Operand.Nothing), new("full", "is not empty", Operand.Nothing)];

    public static IReadOnlyList<Operator> Offered(TableSchema schema, Field field)
    {
        IEnumerable<Operator> offered = schema.ReferenceOf(field.Name) is not null ? s_reference
            : field.Choices is not null ? s_equal
            : field.Type switch
            {
                FieldType.Text or FieldType.Other or FieldType.Json or FieldType.Array => s_text,
                FieldType.Boolean => [s_equal[0]],
                FieldType.Uuid => s_equal,
                FieldType.Bytes => [],
                FieldType.Time => s_time,
                FieldType.Date or FieldType.DateTime or FieldType.Instant => [.. s_time, .. s_span],
                _ => s_number,
            };
        return field.IsNullable ? [.. offered, .. s_empty] : [.. offered];
    }

    public static Operator? Find(TableSchema schema, Field field, string name) => Offered(schema, field).FirstOrDefault(o => o.Name == name);
}
