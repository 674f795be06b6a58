using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Live.Views;

/// <summary>
/// Who is to be told of what: listeners by record, by filter through an index, and those that hear everything for a while.
/// Safe from any thread.
/// </summary>
/// <remarks>
/// A record that a listener's filter matches is noted as its record in the very posting, so that the next step of that record
/// finds it even before the listener has looked. When the listener lets a record go, it says as of which step; a later
/// posting of the record outlives that.
/// </remarks>
/// <param name="schema">The table's schema.</param>
/// <param name="pin">Told when a record begins and ceases to be anybody's, so that it stays in memory meanwhile.</param>
internal sealed class Routes(TableSchema schema, Action<RecordKey, bool> pin)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<RecordKey, Dictionary<IStepListener, long>> _byKey = [];
    private readonly FilterIndex<IStepListener> _byFilter = new(schema);
    private readonly Dictionary<IStepListener, Interest> _listeners = [];
    private readonly HashSet<IStepListener> _everything = [];
    private readonly Dictionary<string, int> _fields = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _told = new(StringComparer.Ordinal);
    private int _toldWhole;
    private int _counting;
    private IReadOnlyList<string>? _needed = [];
    private long _number;
    private bool _isClosed;

    /// <param name="Schema">The table's schema.</param>
    /// <param name="Filter">The records wanted; null for named ones alone.</param>
    /// <param name="Fields">The fields that decide whether a record is wanted, and where.</param>
    /// <param name="Counts">Whether records that no longer match matter even where they are not shown.</param>
    /// <param name="Told">The fields the listener is told records with; null for all.</param>
    private sealed record Interest(TableSchema Schema, Filter? Filter, IReadOnlyList<string> Fields, bool Counts, IReadOnlyList<string>? Told)
    {
        public HashSet<RecordKey> Keys { get; } = [];

        /// <summary>The last step that had begun when the listener came: its records may lack fields that this listener needs.</summary>
        public long Since { get; init; }

        public bool IsToldBy(NetChange net) => Carries(net.After) && Carries(net.Before);

        private bool Carries(Record? record) => record is null || record.Schema.Fields.Count == Schema.Fields.Count || (Told?.Concat(Fields).All(f => record.Schema.Ordinal(f) >= 0) ?? false);
    }

    /// <summary>Adds a listener. With a filter it hears everything until <see cref="Settle"/>.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="filter">The records wanted; null for named ones alone.</param>
    /// <param name="fields">The fields that decide whether a record is wanted, and where.</param>
    /// <param name="counts">Whether records that no longer match matter even where they are not shown.</param>
    /// <param name="told">The fields the listener is told records with; null for all.</param>
    public void Add(IStepListener listener, Filter? filter, IReadOnlyList<string> fields, bool counts, IReadOnlyList<string>? told)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(LiveTable));
            _listeners.Add(listener, new Interest(schema, filter, fields, counts, told) { Since = _number });
            Need(told, fields, 1);
            if (filter is not null)
            {
                _counting += counts ? 1 : 0;
                _everything.Add(listener);
                _byFilter.Add(filter, listener);
                foreach (var field in fields)
                {
                    _fields[field] = _fields.GetValueOrDefault(field) + 1;
                }
            }
        }
    }

    public void Remove(IStepListener listener)
    {
        lock (_lock)
        {
            if (!_listeners.TryGetValue(listener, out var interest))
            {
                return;
            }

            _everything.Remove(listener);
            Need(interest.Told, interest.Fields, -1);
            if (interest.Filter is not null)
            {
                _counting -= interest.Counts ? 1 : 0;
                _byFilter.Remove(interest.Filter, listener);
                foreach (var field in interest.Fields)
                {
                    _fields[field]--;
                }
            }

            foreach (var key in interest.Keys.ToList())
            {
                Drop(key, listener, long.MaxValue);
            }

            _listeners.Remove(listener);
        }
    }

    /// <summary>Begins a step.</summary>
    /// <returns>Its number, and the fields that somebody is told records with or decides by; null for all.</returns>
    public (long Number, IReadOnlyList<string>? Needed) Begin()
    {
        lock (_lock)
        {
            return (++_number, _needed);
        }
    }

    /// <summary>The listener knows its records now, and hears of those and of what its filter matches.</summary>
    public void Settle(IStepListener listener, IEnumerable<RecordKey> keys)
    {
        lock (_lock)
        {
            if (_listeners.ContainsKey(listener))
            {
                foreach (var key in keys)
                {
                    Note(key, listener);
                }
            }

            _everything.Remove(listener);
        }
    }

    /// <summary>The listener does not know its records and must hear everything.</summary>
    public void Unsettle(IStepListener listener)
    {
        lock (_lock)
        {
            if (_listeners.ContainsKey(listener))
            {
                _everything.Add(listener);
            }
        }
    }

    public void Watch(IStepListener listener, RecordKey key)
    {
        lock (_lock)
        {
            if (_listeners.ContainsKey(listener))
            {
                Note(key, listener);
            }
        }
    }

    /// <summary>The listener lets a record go, as of a step.</summary>
    public void Unwatch(IStepListener listener, RecordKey key, long asOf)
    {
        lock (_lock)
        {
            Drop(key, listener, asOf);
        }
    }

    /// <summary>Whether a change may bring a record that is not held to somebody who waits for such.</summary>
    public bool Concerns(Change change)
    {
        lock (_lock)
        {
            return _everything.Count > 0 || _byKey.ContainsKey(change.Key) || change.After.Keys.Any(f => _fields.GetValueOrDefault(f) > 0);
        }
    }

    /// <summary>Tells everybody concerned.</summary>
    public void Post(Step step)
    {
        if (step.IsEmpty)
        {
            return;
        }

        lock (_lock)
        {
            if (step.IsReset)
            {
                var part = new StepPart(step.Number, step.Cursor, [.. step.Net], true);
                foreach (var listener in _listeners.Keys)
                {
                    listener.Post(part);
                }

                return;
            }

            Dictionary<IStepListener, List<NetChange>> parts = [];
            foreach (var net in step.Net)
            {
                Route(net, parts);
            }

            foreach (var (listener, net) in parts)
            {
                var interest = _listeners[listener];
                // Who came while the step was under way may not be told enough by it, and looks again instead.
                var isToldEnough = interest.Since < step.Number || net.TrueForAll(interest.IsToldBy);
                listener.Post(isToldEnough ? new StepPart(step.Number, step.Cursor, net, false) : new StepPart(step.Number, step.Cursor, [], true));
            }
        }
    }

    public void Close()
    {
        List<IStepListener> listeners;
        lock (_lock)
        {
            _isClosed = true;
            listeners = [.. _listeners.Keys];
        }

        listeners.ForEach(l => l.Close());
    }

    private void Route(NetChange net, Dictionary<IStepListener, List<NetChange>> parts)
    {
        HashSet<IStepListener> told = [.. _everything];
        if (_byKey.TryGetValue(net.Key, out var byKey))
        {
            told.UnionWith(byKey.Keys);
        }

        if (net.After is { } after)
        {
            foreach (var listener in _byFilter.Matches(after))
            {
                told.Add(listener);
                Note(net.Key, listener);
            }
        }

        if (_counting == 0)
        {
            // Whoever shows the record has noted its key; beyond that only those who count want to know what it was.
        }
        else if (net.Before is { } before)
        {
            told.UnionWith(_byFilter.Matches(before).Where(l => _listeners[l].Counts));
        }
        else if (!net.IsBeforeKnown || net.IsElsewhere)
        {
            told.UnionWith(_listeners.Where(l => l.Value is { Counts: true, Filter: not null }).Select(l => l.Key));
        }

        foreach (var listener in told)
        {
            (parts.TryGetValue(listener, out var list) ? list : parts[listener] = []).Add(net);
        }
    }

    private void Note(RecordKey key, IStepListener listener)
    {
        if (!_byKey.TryGetValue(key, out var listeners))
        {
            _byKey.Add(key, listeners = []);
            pin(key, true);
        }

        listeners[listener] = _number;
        _listeners[listener].Keys.Add(key);
    }

    private void Drop(RecordKey key, IStepListener listener, long asOf)
    {
        if (_byKey.TryGetValue(key, out var listeners) && listeners.TryGetValue(listener, out var noted) && noted <= asOf)
        {
            listeners.Remove(listener);
            if (_listeners.TryGetValue(listener, out var interest))
            {
                interest.Keys.Remove(key);
            }

            if (listeners.Count == 0)
            {
                _byKey.Remove(key);
                pin(key, false);
            }
        }
    }

    private void Need(IReadOnlyList<string>? told, IReadOnlyList<string> deciding, int by)
    {
        _toldWhole += told is null ? by : 0;
        foreach (var field in (told ?? []).Concat(deciding))
        {
            _told[field] = _told.GetValueOrDefault(field) + by;
        }

        _needed = _toldWhole > 0 ? null : [.. _told.Where(t => t.Value > 0).Select(t => t.Key)];
    }
}
