using System.Text;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Live.Views;

/// <summary>What a standing query asks, in a form that is the same text for the same question.</summary>
internal static class ViewShape
{
    /// <summary>Checks a query at the call, so that a wrong one is refused there and not in the middle of a stream.</summary>
    /// <exception cref="QueryException">The query names an unknown field, or begins at a place in the list.</exception>
    public static void Check(TableSchema schema, Query query, WatchOptions options)
    {
        if (query.After is not null || query.Backward)
        {
            throw new QueryException("$after", "A standing query begins at the start of its order. Leave the place out, or narrow the filter.");
        }

        if (schema.IsKeyless)
        {
            throw new QueryException("", $"The records of '{schema.Name}' have no key, so that they cannot be followed. Query it again instead.");
        }

        FilterFields.Check(schema, query.Filter);
        _ = PageCursor.TotalOrder(schema, query);
        foreach (var field in query.Fields ?? [])
        {
            FilterFields.Check(schema, field);
        }

        foreach (var field in options.Labels.Keys)
        {
            if (schema.ReferenceOf(field) is null)
            {
                throw new QueryException(field, $"'{field}' of '{schema.Name}' refers to no other table, so that it has no label. Leave it out.");
            }
        }
    }

    public static string Of(Query query, WatchOptions options)
    {
        var text = new StringBuilder();
        Write(text, query.Filter);
        text.Append('|').AppendJoin(',', query.Order.Select(o => $"{o.Field.Length}:{o.Field}{(o.Descending ? "-" : "+")}"));
        text.Append('|').Append(query.First);
        text.Append('|').AppendJoin(',', query.Fields?.Order(StringComparer.Ordinal).Select(f => $"{f.Length}:{f}") ?? ["*"]);
        text.Append('|').Append(options.WithCount);
        text.Append('|').AppendJoin(',', options.Labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key.Length}:{l.Key}@{System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(l.Value)}"));
        return text.ToString();
    }

    /// <summary>The fields a filter and an order go by.</summary>
    public static IReadOnlyList<string> Deciding(Query query) => [.. FilterFields.Of(query.Filter).Concat(query.Order.Select(o => o.Field)).Distinct()];

    private static void Write(StringBuilder text, Filter filter)
    {
        switch (filter)
        {
            case Filter.Compare compare:
                Write(text.Append('('), compare.Field).Append(compare.Operator);
                Write(text, compare.Value).Append(')');
                break;
            case Filter.In list:
                Write(text.Append("(in"), list.Field);
                foreach (var value in list.Values)
                {
                    Write(text, value);
                }

                text.Append(')');
                break;
            case Filter.Match match:
                Write(text.Append('('), match.Field).Append(match.Operator).Append(match.IgnoreCase);
                Write(text, match.Text).Append(')');
                break;
            case Filter.And and:
                WriteAll(text, "and", and.Filters);
                break;
            case Filter.Or or:
                WriteAll(text, "or", or.Filters);
                break;
            case Filter.Not not:
                WriteAll(text, "not", [not.Inner]);
                break;
            default:
                text.Append("all");
                break;
        }
    }

    private static void WriteAll(StringBuilder text, string word, IReadOnlyList<Filter> filters)
    {
        text.Append('(').Append(word);
        foreach (var filter in filters)
        {
            Write(text, filter);
        }

        text.Append(')');
    }

    private static StringBuilder Write(StringBuilder text, object? value)
    {
        // The length in front keeps two values from reading like another pair.
        var plain = value is null ? "" : ValueText.Plain(value);
        return text.Append(value?.GetType().Name ?? "null").Append(plain.Length).Append(':').Append(plain);
    }
}
