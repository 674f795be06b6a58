using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Tables;

/// <summary>Groups records that are read one after the other; what is held is one entry per group.</summary>
internal static class MemoryGroups
{
    public static async Task<Groups> RunAsync(ITable table, GroupQuery query, CancellationToken cancellationToken)
    {
        var schema = table.Schema;
        GroupRules.Check(schema, query);
        var fields = FilterFields.Of(query.Filter).Concat(query.Totals.Select(t => t.Field)).Concat(query.By is null ? [] : [query.By]).Distinct().ToList();
        Dictionary<Shared, Sums> groups = [];
        await foreach (var batch in table.ScanAsync(fields, cancellationToken).ConfigureAwait(false))
        {
            foreach (var record in batch.Where(r => FilterEvaluator.Holds(query.Filter, r)))
            {
                var key = new Shared(query.By is null ? null : ValueOf(query.Span, record[query.By]));
                if (!groups.TryGetValue(key, out var sums))
                {
                    groups[key] = sums = new Sums(query.Totals.Count);
                }

                sums.Add(query.Totals, record);
            }
        }

        if (query.By is null && groups.Count == 0)
        {
            groups[default] = new Sums(query.Totals.Count);
        }

        var found = groups.Select(g => g.Value.Of(g.Key.Value, query.Totals));
        found = query.IsByValue ? found.OrderBy(g => g.Value is null) : found.OrderByDescending(g => g.Count).ThenBy(g => g.Value is null);
        var cut = ((IOrderedEnumerable<Group>)found).ThenBy(g => g.Value, Comparer<object?>.Create(Values.Compare)).Take(query.First + 1).ToList();
        return new Groups([.. cut.Take(query.First)], cut.Count > query.First);
    }

    /// <summary>The value that a record shares with its group: itself, or the first day of its span.</summary>
    private static object? ValueOf(GroupSpan span, object? value)
    {
        DateOnly? day = span == GroupSpan.Value ? null : value switch
        {
            DateOnly date => date,
            DateTime moment => DateOnly.FromDateTime(moment),
            DateTimeOffset instant => DateOnly.FromDateTime(instant.UtcDateTime),
            _ => null,
        };
        return day is not { } at ? value : span switch
        {
            GroupSpan.Month => new DateOnly(at.Year, at.Month, 1),
            GroupSpan.Year => new DateOnly(at.Year, 1, 1),
            _ => at,
        };
    }

    /// <summary>A value that may be null, told apart as records tell them apart.</summary>
    private readonly struct Shared(object? value) : IEquatable<Shared>
    {
        public object? Value => value;

        public bool Equals(Shared other) => Values.Same(value, other.Value);

        public override bool Equals(object? obj) => obj is Shared other && Equals(other);

        public override int GetHashCode() => Values.Hash(value);
    }

    private sealed class Sums(int totals)
    {
        private readonly RunningTotal[] _totals = new RunningTotal[totals];
        private long _count;

        public void Add(IReadOnlyList<Total> totals, Record record)
        {
            _count++;
            for (var i = 0; i < _totals.Length; i++)
            {
                _totals[i].Add(record[totals[i].Field]);
            }
        }

        public Group Of(object? value, IReadOnlyList<Total> totals) => new(value, _count, [.. _totals.Select((t, i) => totals[i].Kind switch
        {
            TotalKind.Sum => t.Sum,
            TotalKind.Least => t.Least,
            TotalKind.Greatest => t.Greatest,
            _ => RunningTotal.Average(t.Sum, t.Count),
        })]);
    }
}
