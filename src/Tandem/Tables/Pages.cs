using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Tables;

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
        var shape = query.Fields is null ? schema : schema.Project(query.Fields);
        return new Page(
            query.Fields is null ? sorted : [.. sorted.Select(r => r.Project(shape))],
            after ? PageCursor.At(total, sorted[^1]) : null,
            before ? PageCursor.At(total, sorted[0]) : null);
    }
}
