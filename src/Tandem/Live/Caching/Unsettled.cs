using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Live.Caching;

/// <summary>A write that the source has not answered yet, as it lies over the record.</summary>
/// <param name="Write">The write's id.</param>
/// <param name="Kind">What it does.</param>
internal sealed record Unsettled(Guid Write, Write Kind)
{
    public Record? Over(TableSchema schema, Record? record) => Kind switch
    {
        Tables.Write.Insert insert => record ?? new Record(schema, [.. schema.Fields.Select(f => insert.Values.TryGetValue(f.Name, out var value) ? value : f.DefaultValue)]),
        Tables.Write.Update update => record?.With(update.Set),
        _ => null,
    };
}
