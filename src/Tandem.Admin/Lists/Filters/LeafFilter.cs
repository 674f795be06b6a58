using System.Globalization;
using System.Text.RegularExpressions;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Forms;

namespace Tandem.Admin.Lists.Filters;

/// <summary>Turns one operator on one field into a filter of its table.</summary>
internal static partial class LeafFilter
{
    private const int MostValues = 500;

    /// <returns>The filter; null when it first needs the target table to be asked.</returns>
    /// <exception cref="QueryException">The operator is none of the field's, or the value not one of its type.</exception>
    public static Filter? Of(TableSchema schema, Field field, string operation, string value, DateTimeOffset now)
    {
        var name = field.Name;
        return Operators.Find(schema, field, operation) is null
            ? throw new QueryException(name, $"{FieldLabels.Of(schema, field)} of {schema.Label} cannot be compared by “{operation}”. Choose one of: {string.Join(", ", Operators.Offered(schema, field).Select(o => o.Words))}.")
            : operation switch
            {
                "names" or "namesnot" => null,
                "empty" => Filter.Eq(name, null),
                "full" => new Filter.Not(Filter.Eq(name, null)),
                "has" => new Filter.Match(name, MatchOperator.Contains, value, IgnoreCase: true),
                "hasnot" => new Filter.Not(new Filter.Match(name, MatchOperator.Contains, value, IgnoreCase: true)),
                "starts" => new Filter.Match(name, MatchOperator.StartsWith, value, IgnoreCase: true),
                "ends" => new Filter.Match(name, MatchOperator.EndsWith, value, IgnoreCase: true),
                "in" => new Filter.In(name, Values(schema, field, value)),
                "notin" => new Filter.Not(new Filter.In(name, Values(schema, field, value))),
                "between" => Between(schema, field, value),
                "last" => Span(schema, field, value, now, -1),
                "next" => Span(schema, field, value, now, 1),
                _ => new Filter.Compare(name, Comparison(operation), Value(schema, field, value)),
            };
    }

    private static CompareOperator Comparison(string operation) => operation switch
    {
        "isnot" => CompareOperator.NotEqual,
        "gt" => CompareOperator.Greater,
        "ge" => CompareOperator.GreaterOrEqual,
        "lt" => CompareOperator.Less,
        "le" => CompareOperator.LessOrEqual,
        _ => CompareOperator.Equal,
    };

    private static object Value(TableSchema schema, Field field, string text) =>
        ValueText.TryParse(field, text, out var value, out var error) && value is not null
            ? value
            : throw new QueryException(field.Name, $"{FieldLabels.Of(schema, field)}: {(text.Trim().Length == 0 ? "a value is missing. Give one, or take the condition out." : $"“{text}” does not fit. {error}")}");

    private static List<object?> Values(TableSchema schema, Field field, string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length switch
        {
            0 => throw new QueryException(field.Name, $"{FieldLabels.Of(schema, field)}: no value is given. Give values with commas between them."),
            > MostValues => throw new QueryException(field.Name, $"{FieldLabels.Of(schema, field)}: {parts.Length} values are given; at most {MostValues} are taken. Give fewer."),
            _ => [.. parts.Select(p => (object?)Value(schema, field, p))],
        };
    }

    private static Filter Between(TableSchema schema, Field field, string text)
    {
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        return dots < 0
            ? throw new QueryException(field.Name, $"{FieldLabels.Of(schema, field)}: “{text}” is not two values. Give the smaller and the larger one with two dots between: 3..5.")
            : new Filter.Compare(field.Name, CompareOperator.GreaterOrEqual, Value(schema, field, text[..dots]))
                & new Filter.Compare(field.Name, CompareOperator.LessOrEqual, Value(schema, field, text[(dots + 2)..]));
    }

    private static Filter Span(TableSchema schema, Field field, string text, DateTimeOffset now, int sign)
    {
        var parts = SpanPattern().Match(text.Trim());
        DateTimeOffset other;
        try
        {
            var count = parts.Success ? sign * int.Parse(parts.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
            other = !parts.Success ? throw new ArgumentOutOfRangeException(nameof(text)) : parts.Groups[2].Value switch
            {
                "minute" => now.AddMinutes(count),
                "hour" => now.AddHours(count),
                "week" => now.AddDays(7 * count),
                "month" => now.AddMonths(count),
                "year" => now.AddYears(count),
                _ => now.AddDays(count),
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new QueryException(field.Name, $"{FieldLabels.Of(schema, field)}: “{text}” is no length of time. Give a number and a unit: 7 days, 12 hours, 3 months.");
        }

        var (from, to) = sign < 0 ? (other, now) : (now, other);
        return new Filter.Compare(field.Name, CompareOperator.GreaterOrEqual, At(field, from)) & new Filter.Compare(field.Name, CompareOperator.LessOrEqual, At(field, to));
    }

    private static object At(Field field, DateTimeOffset at) => field.Type switch
    {
        FieldType.Date => DateOnly.FromDateTime(at.UtcDateTime),
        FieldType.DateTime => DateTime.SpecifyKind(at.UtcDateTime, DateTimeKind.Unspecified),
        _ => at,
    };

    [GeneratedRegex(@"^(\d{1,5})\s*(minute|hour|day|week|month|year)s?$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex SpanPattern();
}
