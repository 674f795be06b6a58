using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Querying;

/// <summary>Evaluates filters in memory. Two-valued: a comparison with null is false, and its negation true.</summary>
public static class FilterEvaluator
{
    /// <summary>Whether a record is one the filter asks for.</summary>
    /// <exception cref="KeyNotFoundException">The filter names a field the record does not carry.</exception>
    public static bool Holds(Filter filter, Record record) => filter switch
    {
        Filter.AllFilter => true,
        Filter.Compare compare => Compare(record.Schema[compare.Field], compare, record[compare.Field]),
        Filter.In list => Contains(record.Schema[list.Field], list, record[list.Field]),
        Filter.Match match => Match(match, record[match.Field]),
        Filter.And and => and.Filters.All(f => Holds(f, record)),
        Filter.Or or => or.Filters.Any(f => Holds(f, record)),
        Filter.Not not => !Holds(not.Inner, record),
        Filter.Listed listed => listed.Keys.Contains(record.Key),
        _ => throw new ArgumentException($"Unknown filter {filter.GetType().Name}.", nameof(filter)),
    };

    private static bool Compare(Field field, Filter.Compare compare, object? value)
    {
        switch (compare.Operator)
        {
            case CompareOperator.Equal:
                return Values.Same(field, value, compare.Value);
            case CompareOperator.NotEqual:
                return !Values.Same(field, value, compare.Value);
            default:
                if (value is null || compare.Value is null)
                {
                    return false;
                }

                var order = Values.Compare(value, compare.Value);
                return compare.Operator switch
                {
                    CompareOperator.Greater => order > 0,
                    CompareOperator.GreaterOrEqual => order >= 0,
                    CompareOperator.Less => order < 0,
                    _ => order <= 0,
                };
        }
    }

    private static bool Contains(Field field, Filter.In list, object? value)
    {
        foreach (var item in list.Values)
        {
            if (Values.Same(field, value, item))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Match(Filter.Match match, object? value)
    {
        if (value is null or Blob)
        {
            return false;
        }

        var text = ValueText.Plain(value);
        var comparison = match.IgnoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return match.Operator switch
        {
            MatchOperator.Contains => text.Contains(match.Text, comparison),
            MatchOperator.StartsWith => text.StartsWith(match.Text, comparison),
            _ => text.EndsWith(match.Text, comparison),
        };
    }
}
