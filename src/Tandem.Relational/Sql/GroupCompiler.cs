using System.Data.Common;
using Tandem.Querying;

namespace Tandem.Relational.Sql;

/// <summary>Turns a group query into one statement and its rows into groups.</summary>
internal static class GroupCompiler
{
    public static SqlText Compile(GroupQuery query, TableMap table, Dialect dialect)
    {
        var sql = new SqlText();
        var where = query.Filter is Filter.AllFilter ? "" : " WHERE " + FilterCompiler.Compile(query.Filter, table, dialect, sql);
        List<string> selected = ["count(*)"];
        foreach (var total in query.Totals)
        {
            var column = table[total.Field];
            selected.Add(column.Total("t.", total.Kind == TotalKind.Average ? TotalKind.Sum : total.Kind));
            selected.Add(total.Kind == TotalKind.Average ? column.CountNumbers("t.") : "0");
        }

        if (query.By is not { } by)
        {
            return sql.Append("SELECT ").Append(string.Join(", ", selected)).Append(" FROM ").Append(table.QuotedName).Append(" AS t").Append(where);
        }

        var key = table[by].GroupKey("t.", query.Span);
        selected.Add(table[by].SelectGroup("t.", query.Span));
        return sql.Append("SELECT ").Append(string.Join(", ", selected)).Append(" FROM ").Append(table.QuotedName).Append(" AS t").Append(where)
            .Append(" GROUP BY ").Append(key)
            .Append(" ORDER BY ").Append(query.IsByValue ? "" : "count(*) DESC, ").Append($"CASE WHEN {key} IS NULL THEN 1 ELSE 0 END, {key}")
            .Append($" LIMIT {query.First + 1}");
    }

    public static Group Read(DbDataReader reader, GroupQuery query, TableMap table)
    {
        var totals = new object?[query.Totals.Count];
        for (var i = 0; i < totals.Length; i++)
        {
            var (total, at) = (query.Totals[i], 1 + 2 * i);
            var column = table[total.Field];
            totals[i] = total.Kind == TotalKind.Average
                ? RunningTotal.Average(column.ReadTotal(reader, at, TotalKind.Sum), reader.GetInt64(at + 1))
                : column.ReadTotal(reader, at, total.Kind);
        }

        return new Group(query.By is null ? null : table[query.By].ReadGroup(reader, 1 + 2 * totals.Length, query.Span), reader.GetInt64(0), totals);
    }
}
