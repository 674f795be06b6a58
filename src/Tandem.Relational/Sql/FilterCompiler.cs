using Tandem.Querying;

namespace Tandem.Relational.Sql;

/// <summary>Turns a filter into an SQL condition with the same meaning as <see cref="FilterEvaluator"/>.</summary>
internal static class FilterCompiler
{
    public static string Compile(Filter filter, TableMap table, Dialect dialect, SqlText sql) => filter switch
    {
        Filter.AllFilter => dialect.True,
        Filter.Compare compare => Compare(compare, table[compare.Field], sql, dialect),
        Filter.In list => In(list, table[list.Field], sql, dialect),
        Filter.Match match => dialect.Match(sql, table[match.Field].AsText(""), match),
        Filter.And and => Join(and.Filters, " AND ", table, dialect, sql),
        Filter.Or or => Join(or.Filters, " OR ", table, dialect, sql),
        Filter.Not not => dialect.Not(Compile(not.Inner, table, dialect, sql)),
        Filter.Listed listed => Listed(listed.Keys, table, dialect, sql),
        _ => throw new ArgumentException($"Unknown filter {filter.GetType().Name}.", nameof(filter)),
    };

    /// <summary>The keys are read from the other table, by whichever of two ways the dialect finds cheaper: all of them first, or one for each record.</summary>
    private static string Listed(KeyList keys, TableMap table, Dialect dialect, SqlText sql)
    {
        var other = table.Sibling(keys.Table) ?? throw new ArgumentException($"There is no table '{keys.Table}' that could list keys.", nameof(keys));
        if (!KeyList.Lists(table.Schema))
        {
            return dialect.Not(dialect.True);
        }

        var (key, listed, where) = (table.KeyColumns[0], table.KeyColumns[0].FromListed(other[keys.Field].Quoted), Compile(keys.Where, other, dialect, sql));
        return dialect.AsksEach(keys)
            ? $"EXISTS (SELECT 1 FROM {other.QuotedName} WHERE {where} AND {listed} = {key.Comparable(TableMap.Alias)})"
            : $"{key.Comparable("")} IN (SELECT {listed} FROM {other.QuotedName} WHERE {where})";
    }

    private static string Join(IReadOnlyList<Filter> filters, string word, TableMap table, Dialect dialect, SqlText sql) =>
        filters.Count == 0
            ? word == " AND " ? dialect.True : dialect.Not(dialect.True)
            : "(" + string.Join(word, filters.Select(f => Compile(f, table, dialect, sql))) + ")";

    private static string Compare(Filter.Compare compare, Column column, SqlText sql, Dialect dialect)
    {
        var left = column.Comparable("");
        if (compare.Value is null)
        {
            return compare.Operator switch
            {
                CompareOperator.Equal => $"{left} IS NULL",
                CompareOperator.NotEqual => $"{left} IS NOT NULL",
                _ => dialect.Not(dialect.True),
            };
        }

        var right = column.BindComparable(sql, compare.Value);
        return compare.Operator switch
        {
            CompareOperator.Equal => $"{left} = {right}",
            CompareOperator.NotEqual => $"({left} <> {right} OR {left} IS NULL)",
            CompareOperator.Greater => $"{left} > {right}",
            CompareOperator.GreaterOrEqual => $"{left} >= {right}",
            CompareOperator.Less => $"{left} < {right}",
            _ => $"{left} <= {right}",
        };
    }

    private static string In(Filter.In list, Column column, SqlText sql, Dialect dialect)
    {
        var left = column.Comparable("");
        var values = list.Values.Where(v => v is not null).Select(v => column.BindComparable(sql, v)).ToList();
        List<string> parts = [];
        if (values.Count > 0)
        {
            parts.Add($"{left} IN ({string.Join(", ", values)})");
        }

        if (values.Count < list.Values.Count)
        {
            parts.Add($"{left} IS NULL");
        }

        return parts.Count == 0 ? dialect.Not(dialect.True) : "(" + string.Join(" OR ", parts) + ")";
    }
}
