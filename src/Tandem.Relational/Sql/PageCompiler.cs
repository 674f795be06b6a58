using Tandem.Querying;

namespace Tandem.Relational.Sql;

/// <summary>
/// Turns a query into a statement that reads one page by keyset: it seeks to the cursor's values instead of counting rows
/// off, so the last page costs what the first does. After M. Winand, "We need tool support for keyset pagination".
/// </summary>
internal static class PageCompiler
{
    public static SqlText Compile(Query query, TableMap table, IReadOnlyList<Order> total, Dialect dialect)
    {
        var sql = new SqlText();
        var projected = table.Project(query.Fields);
        List<string> conditions = [];
        if (query.Filter is not Filter.AllFilter)
        {
            conditions.Add(FilterCompiler.Compile(query.Filter, table, dialect, sql));
        }

        if (query.After is not null)
        {
            conditions.Add(Beyond(table, total, PageCursor.Read(total, query.After), 0, query.Backward, dialect, sql));
        }

        sql.Append("SELECT ").Append(projected.SelectList("", digest: false)).Append(" FROM ").Append(table.QuotedName).Append(" AS t");
        if (conditions.Count > 0)
        {
            sql.Append(" WHERE ").Append(string.Join(" AND ", conditions));
        }

        if (total.Count > 0)
        {
            // Named with its table, since a bare name would first mean what the select list made of the column: a decimal's text.
            sql.Append(" ORDER BY ").Append(string.Join(", ", total.Select(o =>
                table[o.Field].Comparable("t.") + (o.Descending != query.Backward ? " DESC" : ""))));
        }

        return sql.Append($" LIMIT {query.First + 1}");
    }

    /// <summary>The condition that a row stands behind a position, from the order's field <paramref name="i"/> on.</summary>
    private static string Beyond(TableMap table, IReadOnlyList<Order> total, IReadOnlyList<object?> position, int i, bool backward, Dialect dialect, SqlText sql)
    {
        var column = table[total[i].Field];
        var (left, value) = (column.Comparable(""), position[i]);
        var descending = total[i].Descending != backward;
        var nullsAhead = dialect.NullsFirst == descending;
        var rest = i + 1 < total.Count;
        if (value is null)
        {
            var tie = rest ? $"({left} IS NULL AND {Beyond(table, total, position, i + 1, backward, dialect, sql)})" : null;
            return (nullsAhead, tie) switch
            {
                (true, null) => dialect.Not(dialect.True),
                (true, _) => tie,
                (false, null) => $"{left} IS NOT NULL",
                _ => $"({left} IS NOT NULL OR {tie})",
            };
        }

        var right = column.BindComparable(sql, value);
        var past = $"{left} {(descending ? "<" : ">")} {right}";
        var orNull = nullsAhead && column.Field.IsNullable ? $" OR {left} IS NULL" : "";
        if (!rest)
        {
            return orNull.Length == 0 ? past : $"({past}{orNull})";
        }

        // The plain bound comes first so that an index on this field alone can seek to it.
        var bound = orNull.Length == 0 ? $"{left} {(descending ? "<=" : ">=")} {right} AND " : "";
        return $"({bound}({past} OR ({left} = {right} AND {Beyond(table, total, position, i + 1, backward, dialect, sql)}){orNull}))";
    }
}
