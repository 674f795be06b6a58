using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Live.Views;

/// <summary>
/// Finds the filters that hold for a record without asking each: every filter is filed under one of its conditions, an
/// equality or list of values, a prefix or a range, whichever tells most; the few that have none are asked one by one.
/// What is found by its condition is then asked as a whole. Not safe for several threads at once.
/// </summary>
internal sealed class FilterIndex<T>(TableSchema schema)
    where T : notnull
{
    private const int LongestList = 100;
    private readonly Dictionary<string, Dictionary<object, HashSet<Entry>>> _equal = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PrefixIndex<Entry>> _prefixes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RangeIndex<Entry>> _ranges = new(StringComparer.Ordinal);
    private readonly HashSet<Entry> _others = [];
    private readonly Dictionary<T, Entry> _entries = [];

    private sealed class Entry(Filter filter, T subscriber)
    {
        public Filter Filter => filter;

        public T Subscriber => subscriber;
    }

    public int Count => _entries.Count;

    public void Add(Filter filter, T subscriber)
    {
        var entry = new Entry(filter, subscriber);
        _entries.Add(subscriber, entry);
        switch (Best(filter))
        {
            case Filter.Compare { Operator: CompareOperator.Equal } equal:
                File(equal.Field, equal.Value).Add(entry);
                break;
            case Filter.In list:
                foreach (var value in list.Values)
                {
                    File(list.Field, value).Add(entry);
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
        HashSet<Entry> found = [];
        foreach (var (field, byValue) in _equal.Where(e => Carries(e.Key)))
        {
            if (byValue.TryGetValue(ValueKey.Of(record[field]), out var entries))
            {
                found.UnionWith(entries);
            }
        }

        foreach (var (field, prefixes) in _prefixes.Where(p => Carries(p.Key)))
        {
            if (record[field] is string text)
            {
                prefixes.Find(text, found);
            }
        }

        foreach (var (field, ranges) in _ranges.Where(r => Carries(r.Key)))
        {
            if (record[field] is { } value)
            {
                ranges.Find(value, found);
            }
        }

        List<T> matches = [];
        foreach (var entry in found.Concat(_others))
        {
            if ((isWhole || FilterFields.Of(entry.Filter).All(Carries)) && FilterEvaluator.Holds(entry.Filter, record))
            {
                matches.Add(entry.Subscriber);
            }
        }

        return matches;
    }

    /// <summary>The condition of a filter to file it under; null when there is none.</summary>
    private Filter? Best(Filter filter)
    {
        IReadOnlyList<Filter> conditions = filter is Filter.And and ? and.Filters : [filter];
        return conditions.OfType<Filter.Compare>().FirstOrDefault(c => c.Operator == CompareOperator.Equal && IsPlain(c.Field))
            ?? conditions.OfType<Filter.In>().FirstOrDefault(l => l.Values.Count <= LongestList && IsPlain(l.Field))
            ?? conditions.OfType<Filter.Match>().FirstOrDefault(m => m.Operator == MatchOperator.StartsWith && schema.Find(m.Field)?.Type == FieldType.Text)
            ?? (Filter?)conditions.OfType<Filter.Compare>().FirstOrDefault(c => c.Operator is not (CompareOperator.Equal or CompareOperator.NotEqual) && c.Value is not null && IsPlain(c.Field));
    }

    /// <summary>Whether equal values of a field are equal by themselves: JSON is compared by structure.</summary>
    private bool IsPlain(string field) => schema.Find(field)?.Type is not (null or FieldType.Json or FieldType.Array or FieldType.Bytes);

    /// <summary>All the filter's bounds of one field together.</summary>
    private static Interval RangeOf(Filter filter, string field)
    {
        var interval = Interval.All;
        foreach (var bound in (filter is Filter.And and ? and.Filters : [filter]).OfType<Filter.Compare>().Where(c => c.Field == field && c.Value is not null))
        {
            interval = bound.Operator switch
            {
                CompareOperator.Greater or CompareOperator.GreaterOrEqual when interval.Low is null || Values.Compare(bound.Value, interval.Low) > 0 => interval with { Low = bound.Value },
                CompareOperator.Less or CompareOperator.LessOrEqual when interval.High is null || Values.Compare(bound.Value, interval.High) < 0 => interval with { High = bound.Value },
                _ => interval,
            };
        }

        return interval;
    }

    private HashSet<Entry> File(string field, object? value)
    {
        var byValue = _equal.TryGetValue(field, out var known) ? known : _equal[field] = new(ValueKey.Comparer);
        var key = ValueKey.Of(value);
        return byValue.TryGetValue(key, out var entries) ? entries : byValue[key] = [];
    }

    private void Unfile(string field, object? value, Entry entry)
    {
        var byValue = _equal[field];
        var key = ValueKey.Of(value);
        if (byValue.TryGetValue(key, out var entries) && entries.Remove(entry) && entries.Count == 0)
        {
            byValue.Remove(key);
        }
    }
}
