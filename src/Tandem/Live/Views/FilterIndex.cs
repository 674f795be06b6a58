using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Live.Views;

/// <summary>
/// Finds the filters that hold for a record without asking each: every filter is filed under one of its conditions, an
/// equality or list of values, a prefix or a range, whichever tells most; the few that have none are asked one by one.
/// What is found by its condition is then asked as a whole, unless the condition is the whole. Not safe for several threads at once.
/// </summary>
internal sealed class FilterIndex<T>(TableSchema schema)
    where T : notnull
{
    private const int LongestList = 100;
    private readonly Dictionary<string, Dictionary<object, Bag<Entry>>> _equal = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PrefixIndex<Entry>> _prefixes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RangeIndex<Entry>> _ranges = new(StringComparer.Ordinal);
    private readonly HashSet<Entry> _others = [];
    private readonly Dictionary<T, Entry> _entries = [];

    private readonly List<Entry> _found = [];

    /// <param name="filter">The filter.</param>
    /// <param name="subscriber">Whose it is.</param>
    /// <param name="isWhole">Whether what it is filed under is all it asks.</param>
    private sealed class Entry(Filter filter, T subscriber, bool isWhole)
    {
        public Filter Filter => filter;

        public T Subscriber => subscriber;

        public bool IsWhole => isWhole;
    }

    public int Count => _entries.Count;

    public void Add(Filter filter, T subscriber)
    {
        var best = Best(filter);
        var entry = new Entry(filter, subscriber, best is not null && Parts(filter).All(p => ReferenceEquals(p, best) || (IsBound(best) && IsBound(p) && FieldOf(p) == FieldOf(best))));
        _entries.Add(subscriber, entry);
        switch (best)
        {
            case Filter.Compare { Operator: CompareOperator.Equal } equal:
                File(equal.Field, equal.Value, entry);
                break;
            case Filter.In list:
                foreach (var value in list.Values.DistinctBy(ValueKey.Of, ValueKey.Comparer))
                {
                    File(list.Field, value, entry);
                }

                break;
            case Filter.Match match:
                (_prefixes.TryGetValue(match.Field, out var prefixes) ? prefixes : _prefixes[match.Field] = new()).Add(match.Text, match.IgnoreCase, entry);
                break;
            case Filter.Compare compare:
                (_ranges.TryGetValue(compare.Field, out var ranges) ? ranges : _ranges[compare.Field] = new()).Add(RangeOf(filter, compare.Field), entry);
                break;
            default:
                _others.Add(entry);
                break;
        }
    }

    public void Remove(Filter filter, T subscriber)
    {
        if (!_entries.Remove(subscriber, out var entry))
        {
            return;
        }

        switch (Best(filter))
        {
            case Filter.Compare { Operator: CompareOperator.Equal } equal:
                Unfile(equal.Field, equal.Value, entry);
                break;
            case Filter.In list:
                foreach (var value in list.Values)
                {
                    Unfile(list.Field, value, entry);
                }

                break;
            case Filter.Match match:
                _prefixes[match.Field].Remove(match.Text, match.IgnoreCase, entry);
                break;
            case Filter.Compare compare:
                _ranges[compare.Field].Remove(RangeOf(filter, compare.Field), entry);
                break;
            default:
                _others.Remove(entry);
                break;
        }
    }

    /// <summary>The subscribers whose filter holds for a record; those that go by a field it does not carry are passed over.</summary>
    public List<T> Matches(Record record)
    {
        var isWhole = record.Schema.Fields.Count == schema.Fields.Count;
        bool Carries(string field) => isWhole || record.Schema.Ordinal(field) >= 0;
        // Every filter is filed in one place, and a record has one value there, so that nothing is found twice.
        _found.Clear();
        foreach (var (field, byValue) in _equal)
        {
            if (Carries(field))
            {
                ref var entries = ref CollectionsMarshal.GetValueRefOrNullRef(byValue, ValueKey.Of(record[field]));
                if (!Unsafe.IsNullRef(ref entries))
                {
                    entries.AddTo(_found);
                }
            }
        }

        foreach (var (field, prefixes) in _prefixes)
        {
            if (Carries(field) && record[field] is string text)
            {
                prefixes.Find(text, _found);
            }
        }

        foreach (var (field, ranges) in _ranges)
        {
            if (Carries(field) && record[field] is { } value)
            {
                ranges.Find(value, _found);
            }
        }

        _found.AddRange(_others);
        List<T> matches = new(_found.Count);
        foreach (var entry in _found)
        {
            if (entry.IsWhole || ((isWhole || FilterFields.Of(entry.Filter).All(Carries)) && FilterEvaluator.Holds(entry.Filter, record)))
            {
                matches.Add(entry.Subscriber);
            }
        }

        return matches;
    }

    /// <summary>The condition of a filter to file it under; null when there is none.</summary>
    private Filter? Best(Filter filter)
    {
        var conditions = Parts(filter);
        return conditions.OfType<Filter.Compare>().FirstOrDefault(c => c.Operator == CompareOperator.Equal && IsPlain(c.Field))
            ?? conditions.OfType<Filter.In>().FirstOrDefault(l => l.Values.Count <= LongestList && IsPlain(l.Field))
            ?? conditions.OfType<Filter.Match>().FirstOrDefault(m => m.Operator == MatchOperator.StartsWith && schema.Find(m.Field)?.Type == FieldType.Text)
            ?? (Filter?)conditions.OfType<Filter.Compare>().FirstOrDefault(c => c.Operator is not (CompareOperator.Equal or CompareOperator.NotEqual) && c.Value is not null && IsPlain(c.Field));
    }

    private static IReadOnlyList<Filter> Parts(Filter filter) => filter is Filter.And and ? and.Filters : [filter];

    private static bool IsBound(Filter filter) => filter is Filter.Compare { Operator: not (CompareOperator.Equal or CompareOperator.NotEqual), Value: not null };

    private static string? FieldOf(Filter filter) => (filter as Filter.Compare)?.Field;

    /// <summary>Whether equal values of a field are equal by themselves: JSON is compared by structure.</summary>
    private bool IsPlain(string field) => schema.Find(field)?.Type is not (null or FieldType.Json or FieldType.Array or FieldType.Bytes);

    /// <summary>All the filter's bounds of one field together.</summary>
    private static Interval RangeOf(Filter filter, string field)
    {
        var interval = Interval.All;
        foreach (var bound in Parts(filter).OfType<Filter.Compare>().Where(c => c.Field == field && c.Value is not null))
        {
            var isOut = bound.Operator is CompareOperator.Greater or CompareOperator.Less;
            switch (bound.Operator)
            {
                case CompareOperator.Greater or CompareOperator.GreaterOrEqual:
                    var low = interval.Low is null ? 1 : Values.Compare(bound.Value, interval.Low);
                    interval = low > 0 ? interval with { Low = bound.Value, IsLowOut = isOut } : interval with { IsLowOut = interval.IsLowOut || (low == 0 && isOut) };
                    break;
                case CompareOperator.Less or CompareOperator.LessOrEqual:
                    var high = interval.High is null ? -1 : Values.Compare(bound.Value, interval.High);
                    interval = high < 0 ? interval with { High = bound.Value, IsHighOut = isOut } : interval with { IsHighOut = interval.IsHighOut || (high == 0 && isOut) };
                    break;
            }
        }

        return interval;
    }

    private void File(string field, object? value, Entry entry)
    {
        var byValue = _equal.TryGetValue(field, out var known) ? known : _equal[field] = new(ValueKey.Comparer);
        CollectionsMarshal.GetValueRefOrAddDefault(byValue, ValueKey.Of(value), out _).Add(entry);
    }

    private void Unfile(string field, object? value, Entry entry)
    {
        var byValue = _equal[field];
        var key = ValueKey.Of(value);
        ref var entries = ref CollectionsMarshal.GetValueRefOrNullRef(byValue, key);
        if (!Unsafe.IsNullRef(ref entries) && entries.Remove(entry) && entries.IsEmpty)
        {
            byValue.Remove(key);
        }
    }
}
