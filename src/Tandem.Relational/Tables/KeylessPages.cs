using System.Globalization;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Relational.Sql;
using Tandem.Schema;

namespace Tandem.Relational.Tables;

/// <summary>
/// Pages of tables and views without a key. Their rows may be equal in everything, so there is no position to seek to; rows
/// are counted off instead, in an order made as total as the fields allow.
/// </summary>
internal static class KeylessPages
{
    private const string Mark = "n";

    public static async Task<Page> ReadAsync(
        RelationalTable table, Query query, Dialect dialect, Func<SqlText, TableMap, CancellationToken, Task<List<Record>>> read, CancellationToken cancellationToken)
    {
        var asked = PageCursor.TotalOrder(table.Schema, query);
        var from = await StartAsync(table, query, cancellationToken).ConfigureAwait(false);
        var size = query is { Backward: true, After: not null } ? Math.Min(query.First, Position(query.After)) : query.First;
        var map = table.Map.Project(query.Fields);
        var sql = new SqlText();
        var where = query.Filter is Filter.AllFilter ? "" : " WHERE " + FilterCompiler.Compile(query.Filter, table.Map, dialect, sql);
        var order = asked.Concat(table.Schema.Fields
            .Where(f => f.Type is not (FieldType.Json or FieldType.Bytes) && !f.IsSecret && !asked.Any(o => o.Field == f.Name))
            .Select(f => new Order(f.Name)));
        sql.Append($"SELECT {map.SelectList("", digest: false)} FROM {table.Map.QuotedName} AS t{where}");
        var by = string.Join(", ", order.Select(o => table.Map[o.Field].Comparable("t.") + (o.Descending ? " DESC" : "")));
        sql.Append(by.Length > 0 ? $" ORDER BY {by}" : "").Append($" LIMIT {size + 1} OFFSET {from}");
        var records = await read(sql, map, cancellationToken).ConfigureAwait(false);
        var more = records.Count > size;
        if (more)
        {
            records.RemoveAt(size);
        }

        return new Page(records, more ? At(from + size) : null, from > 0 ? At(from) : null);
    }

    private static async Task<long> StartAsync(RelationalTable table, Query query, CancellationToken cancellationToken)
    {
        if (query.After is not null)
        {
            var position = Position(query.After);
            return query.Backward ? Math.Max(0, position - query.First) : position;
        }

        return query.Backward
            ? Math.Max(0, await table.CountAsync(query.Filter, cancellationToken).ConfigureAwait(false) - query.First)
            : 0;
    }

    private static string At(long position) => Mark + position.ToString(CultureInfo.InvariantCulture);

    private static int Position(string cursor) =>
        cursor.StartsWith(Mark, StringComparison.Ordinal) && int.TryParse(cursor.AsSpan(Mark.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var position)
            ? position
            : throw new QueryException("$after", "This is not a cursor of this list. Use the 'next' value of an answer as it came.");
}
