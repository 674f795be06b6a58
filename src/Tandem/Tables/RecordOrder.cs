using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Tables;

/// <summary>Orders records by a total order of fields. Pure and safe from any thread.</summary>
internal sealed class RecordOrder(TableSchema schema, IReadOnlyList<Order> total) : IComparer<Record>
{
    private readonly (int Ordinal, bool Descending)[] _whole = [.. total.Select(o => (schema.Ordinal(o.Field), o.Descending))];
    private readonly int _nullSide = schema.NullsFirst ? 1 : -1;

    public int Compare(Record? x, Record? y)
    {
        if (ReferenceEquals(x!.Schema, schema) && ReferenceEquals(y!.Schema, schema))
        {
            foreach (var (ordinal, descending) in _whole)
            {
                if (Compare(x[ordinal], y[ordinal]) is var compared and not 0)
                {
                    return descending ? -compared : compared;
                }
            }

            return 0;
        }

        foreach (var order in total)
        {
            if (Compare(x[order.Field], y![order.Field]) is var compared and not 0)
            {
                return order.Descending ? -compared : compared;
            }
        }

        return 0;
    }

    public int Compare(Record record, IReadOnlyList<object?> values)
    {
        for (var i = 0; i < total.Count; i++)
        {
            if (Compare(record[total[i].Field], values[i]) is var compared and not 0)
            {
                return total[i].Descending ? -compared : compared;
            }
        }

        return 0;
    }

    private int Compare(object? a, object? b) => (a, b) switch
    {
        (long x, long y) => x.CompareTo(y),
        (string x, string y) => Values.CompareText(x, y),
        (null, null) => 0,
        (null, _) => -_nullSide,
        (_, null) => _nullSide,
        _ => Values.Compare(a, b),
    };
}
