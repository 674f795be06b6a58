using Tandem.Live.Caching;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Live;

/// <summary>A page of the source with this table's own newest writes laid over it.</summary>
internal static class OverlaidPage
{
    public static async Task<Page> ReadAsync(ITable source, Query query, Overlay overlay, CancellationToken cancellationToken)
    {
        var schema = source.Schema;
        var total = PageCursor.TotalOrder(schema, query);
        // Order and filter go by fields that may not have been asked for.
        IReadOnlyList<string>? fields = query.Fields is null ? null : [.. query.Fields.Union(total.Select(o => o.Field)).Union(FilterFields.Of(query.Filter))];
        // Taken before the page is read: what ceases to be covered meanwhile is on the page.
        var layers = overlay.Layers;
        HashSet<RecordKey> covered = [.. layers.Select(l => l.Key)];
        var page = await source.QueryAsync(query with { Fields = fields }, cancellationToken).ConfigureAwait(false);
        var order = new RecordOrder(schema, total);
        var from = query.After is null ? null : PageCursor.Read(total, query.After);
        var edge = (query.Backward ? page.Previous : page.Next) is { } cursor ? PageCursor.Read(total, cursor) : null;
        List<Record> records = [.. page.Records.Where(r => !covered.Contains(r.Key))];
        var read = page.Records.ToDictionary(r => r.Key);
        foreach (var (key, layer) in layers)
        {
            var record = read.GetValueOrDefault(key);
            if ((record is null ? layer.Over(null) : layer.PendingOver(record)) is { } visible && FilterEvaluator.Holds(query.Filter, visible) && IsOnPage(visible))
            {
                records.Add(visible);
            }
        }

        records.Sort(order);
        if (edge is not null && records.Count > query.First)
        {
            records = [.. query.Backward ? records.TakeLast(query.First) : records.Take(query.First)];
        }

        return page with { Records = query.Fields is null ? records : [.. records.Select(Project)] };

        bool IsOnPage(Record record)
        {
            var side = query.Backward ? -1 : 1;
            return (from is null || order.Compare(record, from) * side > 0) && (edge is null || order.Compare(record, edge) * side <= 0);
        }

        Record Project(Record record)
        {
            var shape = schema.Project([.. query.Fields!]);
            return new Record(shape, [.. shape.Fields.Select(f => record[f.Name])]);
        }
    }
}
