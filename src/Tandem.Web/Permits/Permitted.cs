using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Web.Permits;

/// <summary>Asks of single records what the filter of an access decision says of them. Pages and the API ask here before they write.</summary>
internal static class Permitted
{
    /// <summary>The record, if it is there and the action may happen to it.</summary>
    public static async Task<Record?> FindAsync(ITable table, RecordKey key, Filter filter, CancellationToken cancellationToken) =>
        await table.GetAsync(key, cancellationToken) is { } record && Holds(filter, record) ? record : null;

    /// <summary>Whether the action may happen to a record.</summary>
    public static bool Holds(Filter filter, Record record) => filter is Filter.AllFilter || FilterEvaluator.Holds(filter, record);

    /// <summary>Whether a record of these values may be added; fields left out count as their defaults.</summary>
    public static bool Holds(Filter filter, TableSchema schema, Patch values) => filter is Filter.AllFilter
        || FilterEvaluator.Holds(filter, new Record(schema, [.. schema.Fields.Select(f => values.TryGetValue(f.Name, out var value) ? value : f.DefaultValue)]));
}
