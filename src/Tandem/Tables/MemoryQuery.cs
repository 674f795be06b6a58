using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Tables;

/// <summary>Answers a query from records in memory, by the same order and cursors as a database would.</summary>
internal static class MemoryQuery
{
    public static Page Run(TableSchema schema, IEnumerable<Record> records, Query query)
    {
        FilterFields.Check(schema, query.Filter);
        foreach (var field in query.Fields ?? [])
        {
            FilterFields.Check(schema, field);
        }

        var total = PageCursor.TotalOrder(schema, query);
        var order = new RecordOrder(schema, total);
        var from = query.After is null ? null : PageCursor.Read(total, query.After);
        var hits = records.Where(r => FilterEvaluator.Holds(query.Filter, r));
        if (from is not null)
        {
            hits = hits.Where(r => query.Backward ? order.Compare(r, from) < 0 : order.Compare(r, from) > 0);
        }

        var sorted = query.Backward
            ? hits.OrderDescending(order).Take(query.First + 1).Reverse().ToList()
            : hits.Order(order).Take(query.First + 1).ToList();
        return Pages.Cut(sorted, query, total, schema);
    }

    public static long Count(TableSchema schema, IEnumerable<Record> records, Filter filter)
    {
        FilterFields.Check(schema, filter);
        return records.LongCount(r => FilterEvaluator.Holds(filter, r));
    }
}
