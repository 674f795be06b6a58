using Tandem.Records;

namespace Tandem.Live;

/// <summary>Records by key, bounded by number and age, least recently used out first. Safe from any thread.</summary>
/// <remarks>
/// Each entry remembers the journal number it is as of, so that a change that arrives after a newer record was stored
/// never takes the record back.
/// </remarks>
internal sealed class RecordCache(int maxEntries, TimeSpan timeToLive, TimeProvider clock)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<RecordKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _recent = new();
    private readonly List<Reading> _readings = [];

    private sealed class Entry(RecordKey key)
    {
        public RecordKey Key { get; } = key;

        public Record? Record { get; set; }

        public long Sequence { get; set; }

        public long UsedAt { get; set; }
    }

    /// <summary>A read from the source under way. What changes meanwhile may be newer than what it brings, so that is not kept.</summary>
    internal sealed class Reading(IReadOnlyCollection<RecordKey> keys)
    {
        public IReadOnlyCollection<RecordKey> Keys { get; } = keys;

        public HashSet<RecordKey> Changed { get; } = [];
    }

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Looks a record up; a key known to have no record is found too, as null.</summary>
    public bool TryGet(RecordKey key, out Record? record)
    {
        lock (_lock)
        {
            record = null;
            if (!_entries.TryGetValue(key, out var node))
            {
                return false;
            }

            if (clock.GetElapsedTime(node.Value.UsedAt) > timeToLive)
            {
                Remove(node);
                return false;
            }

            Touch(node);
            record = node.Value.Record;
            return true;
        }
    }

    /// <summary>Notes that records are about to be read from the source.</summary>
    public Reading BeginRead(IReadOnlyCollection<RecordKey> keys)
    {
        var reading = new Reading(keys);
        lock (_lock)
        {
            _readings.Add(reading);
        }

        return reading;
    }

    /// <summary>Keeps what a read brought, and null for keys it brought nothing for; nothing at all when the read failed.</summary>
    public void EndRead(Reading reading, IReadOnlyCollection<Record>? records)
    {
        lock (_lock)
        {
            _readings.Remove(reading);
            if (records is null)
            {
                return;
            }

            var byKey = records.ToDictionary(r => r.Key);
            foreach (var key in reading.Keys.Where(k => !reading.Changed.Contains(k)))
            {
                Put(key, byKey.GetValueOrDefault(key), 0);
            }
        }
    }

    /// <summary>Forgets a record, so that it is read when it is asked for.</summary>
    public void Forget(RecordKey key)
    {
        lock (_lock)
        {
            Mark(key);
            if (_entries.TryGetValue(key, out var node))
            {
                Remove(node);
            }
        }
    }

    /// <summary>Keeps a record, or null for a key without one, unless a newer one is kept.</summary>
    public void Put(RecordKey key, Record? record, long sequence)
    {
        lock (_lock)
        {
            if (sequence > 0)
            {
                Mark(key);
            }

            if (!_entries.TryGetValue(key, out var node))
            {
                node = new LinkedListNode<Entry>(new Entry(key) { Sequence = -1 });
                _entries.Add(key, node);
                _recent.AddFirst(node);
            }

            if (sequence >= node.Value.Sequence)
            {
                (node.Value.Record, node.Value.Sequence) = (record, sequence);
            }

            Touch(node);
            while (_entries.Count > maxEntries)
            {
                Remove(_recent.Last!);
            }
        }
    }

    /// <summary>Moves a kept record along with a newer change; records not kept stay so.</summary>
    public void Apply(RecordKey key, long sequence, Func<Record?, Record?> change)
    {
        lock (_lock)
        {
            Mark(key);
            if (_entries.TryGetValue(key, out var node) && sequence > node.Value.Sequence)
            {
                (node.Value.Record, node.Value.Sequence) = (change(node.Value.Record), sequence);
                if (node.Value.Record is null)
                {
                    // Gone, or changed without ever having been seen: the next reader asks the source.
                    Remove(node);
                }
            }
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _recent.Clear();
            foreach (var reading in _readings)
            {
                reading.Changed.UnionWith(reading.Keys);
            }
        }
    }

    private void Mark(RecordKey key)
    {
        foreach (var reading in _readings)
        {
            if (reading.Keys.Contains(key))
            {
                reading.Changed.Add(key);
            }
        }
    }

    private void Touch(LinkedListNode<Entry> node)
    {
        node.Value.UsedAt = clock.GetTimestamp();
        if (_recent.First != node)
        {
            _recent.Remove(node);
            _recent.AddFirst(node);
        }
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _entries.Remove(node.Value.Key);
        _recent.Remove(node);
    }
}
