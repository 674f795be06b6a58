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

/// <summary>Makes a page of one record more than was asked for: the extra one only tells that there is more.</summary>
internal static class Pages
{
    public static Page Cut(List<Record> sorted, Query query, IReadOnlyList<Order> total, TableSchema schema)
    {
        var more = sorted.Count > query.First;
        if (more)
        {
            sorted.RemoveAt(query.Backward ? 0 : sorted.Count - 1);
        }

        if (sorted.Count == 0)
        {
            return new Page([], null, null);
        }

        var after = query.Backward ? query.After is not null : more;
        var before = query.Backward ? more : query.After is not null;
        return new Page(
            query.Fields is null ? sorted : [.. sorted.Select(r => Project(r, schema.Project(query.Fields)))],
            after ? PageCursor.At(total, sorted[^1]) : null,
            before ? PageCursor.At(total, sorted[0]) : null);
    }

    private static Record Project(Record record, TableSchema projected) =>
        ReferenceEquals(record.Schema, projected) || record.Schema.Fields.Count == projected.Fields.Count
            ? record
            : new Record(projected, [.. projected.Fields.Select(f => record[f.Name])]);
}
