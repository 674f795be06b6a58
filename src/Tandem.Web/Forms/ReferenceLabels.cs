using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Addresses;

namespace Tandem.Web.Forms;

/// <summary>What people call the target of a reference, and where it is.</summary>
internal sealed record ReferenceLabel(TableSchema Target, RecordKey Key, string Label)
{
    public string Href => Links.Record(Target, Key);
}

/// <summary>One referred record: the target table, the field that is referred to and its value.</summary>
internal readonly record struct ReferredValue(string Target, string Field, object Value)
{
    /// <summary>What a field of a record refers to by itself, or null.</summary>
    public static ReferredValue? Of(TableSchema schema, string field, object? value) =>
        value is not null && schema.ReferenceOf(field) is { } reference ? new(reference.Target, reference.TargetFields[0], value) : null;
}

/// <summary>Reads labels of referred records: one read for each target table, however many records refer to it.</summary>
internal static class ReferenceLabels
{
    /// <param name="tables">Finds a target as whoever reads may look at it; null for none.</param>
    /// <param name="values">What is referred to.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public static async Task<IReadOnlyDictionary<ReferredValue, ReferenceLabel>> ReadAsync(
        Func<string, ITable?> tables, IEnumerable<ReferredValue> values, CancellationToken cancellationToken)
    {
        Dictionary<ReferredValue, ReferenceLabel> labels = [];
        foreach (var group in values.Distinct().GroupBy(v => (v.Target, v.Field)))
        {
            // A record is named by its key where what people call it may not be seen: the key is shown with the reference anyway.
            if (tables(group.Key.Target) is not { Schema.IsKeyless: false } table || table.Schema.Find(group.Key.Field) is null || table.Schema.LabelFields.Count < table.Schema.Whole.LabelFields.Count)
            {
                continue;
            }

            var schema = table.Schema;
            string[] fields = [.. schema.Key, .. schema.LabelFields, group.Key.Field];
            foreach (var chunk in group.Select(v => v.Value).Chunk(500))
            {
                var records = schema.Key.Count == 1 && schema.Key[0] == group.Key.Field
                    ? await table.GetManyAsync([.. chunk.Select(v => new RecordKey(v))], fields, cancellationToken)
                    : (await table.QueryAsync(new Query { Filter = new Filter.In(group.Key.Field, chunk), First = 1000, Fields = fields }, cancellationToken)).Records;
                foreach (var record in records)
                {
                    if (record[group.Key.Field] is { } value)
                    {
                        labels[new(group.Key.Target, group.Key.Field, value)] = new ReferenceLabel(schema, record.Key, schema.LabelOf(record));
                    }
                }
            }
        }

        return labels;
    }
}
