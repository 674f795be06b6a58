using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Forms;

namespace Tandem.Admin.Lists;

/// <summary>One condition on one column, as the address carries it: <c>f.price=ge:3</c>.</summary>
internal sealed record ColumnFilter(Field Field, string Operator, string Value)
{
    /// <summary>The operators a column offers, each with the words a person reads.</summary>
    public static IReadOnlyList<(string Operator, string Words)> Offered(TableSchema schema, Field field)
    {
        List<(string, string)> offered = [];
        if (schema.ReferenceOf(field.Name) is not null)
        {
            offered.AddRange([("names", "is called"), ("is", "has the key")]);
        }
        else if (field.Choices is not null)
        {
            offered.Add(("is", "is"));
        }
        else
        {
            offered.AddRange(field.Type switch
            {
                FieldType.Text or FieldType.Other or FieldType.Json or FieldType.Array => [("has", "contains"), ("is", "is"), ("starts", "starts with")],
                FieldType.Boolean => [("is", "is")],
                FieldType.Uuid => [("is", "is")],
                FieldType.Bytes => Array.Empty<(string, string)>(),
                FieldType.Date or FieldType.DateTime or FieldType.Instant or FieldType.Time => [("is", "is"), ("ge", "from"), ("gt", "after"), ("le", "until"), ("lt", "before")],
                _ => [("is", "="), ("ge", "≥"), ("gt", ">"), ("le", "≤"), ("lt", "<")],
            });
        }

        if (field.IsNullable)
        {
            offered.AddRange([("empty", "is empty"), ("full", "is not empty")]);
        }

        return offered;
    }

    /// <summary>The condition in words.</summary>
    public string Say(TableSchema schema)
    {
        var words = Offered(schema, Field).FirstOrDefault(o => o.Operator == Operator).Words ?? Operator;
        var value = Field.Type == FieldType.Boolean ? (Value == "true" ? "Yes" : "No") : Value;
        var label = FieldLabels.Of(schema, Field);
        return Operator is "empty" or "full" ? $"{label} {words}" : $"{label} {words} {value}";
    }

    /// <summary>The condition as a filter; null when it first needs the target table to be asked.</summary>
    /// <exception cref="QueryException">The value is not one of the field's type.</exception>
    public Filter? ToFilter()
    {
        switch (Operator)
        {
            case "empty":
                return Filter.Eq(Field.Name, null);
            case "full":
                return new Filter.Not(Filter.Eq(Field.Name, null));
            case "has":
                return new Filter.Match(Field.Name, MatchOperator.Contains, Value, IgnoreCase: true);
            case "starts":
                return new Filter.Match(Field.Name, MatchOperator.StartsWith, Value, IgnoreCase: true);
            case "names":
                return null;
        }

        CompareOperator? compare = Operator switch
        {
            "is" => CompareOperator.Equal,
            "gt" => CompareOperator.Greater,
            "ge" => CompareOperator.GreaterOrEqual,
            "lt" => CompareOperator.Less,
            "le" => CompareOperator.LessOrEqual,
            _ => null,
        };
        if (compare is null)
        {
            throw new QueryException(Field.Name, $"'{Operator}' is not a way to filter {Field.Label}. Choose one from the Filter menu.");
        }

        if (!ValueText.TryParse(Field, Value, out var value, out var error))
        {
            throw new QueryException(Field.Name, $"{Field.Label}: “{Value}” does not fit. {error}");
        }

        return new Filter.Compare(Field.Name, compare.Value, value);
    }
}
