using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Live.Caching;

/// <summary>Some records by key, bounded by number, bytes and age. Reads take no lock.</summary>
/// <remarks>
/// A read from the source may bring a record that is ahead of the changes this table has reached. It is young until the
/// table has reached everything committed before the read ended; a change that meets a young entry does not move it, since that
/// could take it back, but has the table reach that far first. So reads never go back. An entry may hold some fields only.
/// </remarks>
internal sealed partial class BoundedHolding : Holding, IDisposable
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<RecordKey, Entry> _entries = [];
    private readonly List<Reading> _readings = [];
    private readonly HashSet<Entry> _young = [];

    public BoundedHolding(TableSchema schema, int maxEntries, long? maxBytes, TimeSpan timeToLive, TimeProvider clock)
        : base(schema)
    {
        (_maxEntries, _maxBytes) = (maxEntries, maxBytes ?? long.MaxValue);
        // No timer reaches further than this; who never wants a record to age does not mind.
        var tick = timeToLive / TicksPerLife is var part && part < s_longestTick ? part : s_longestTick;
        _ticker = clock.CreateTimer(_ => Tick(), null, tick, tick);
    }

    private sealed class Entry(RecordKey key)
    {
        public RecordKey Key { get; } = key;

        public Record? Record;
        public long UsedAs;
        public int UsedAt;
        public long Size;
        public int Slot;
        public bool IsWatched;
        public bool IsYoung;

        /// <summary>Which reading it is young from: one that is read again meanwhile is as young as its last reading.</summary>
        public long YoungAs;
    }

    public override int Count
    {
        get
        {
            lock (_lock)
            {
                return _slots.Count;
            }
        }
    }

    public override bool TryGet(RecordKey key, IReadOnlyList<string>? fields, out Record? record)
    {
        record = null;
        if (!_entries.TryGetValue(key, out var entry))
        {
            return false;
        }

        record = entry.Record;
        if (record is not null && !Carries(record, fields))
        {
            return false;
        }

        // A lost update between threads only makes two uses look like one.
        entry.UsedAs = ++_uses;
        entry.UsedAt = _tick;
        return true;
    }

    public override bool TryPeek(RecordKey key, [NotNullWhen(true)] out Record? record)
    {
        record = _entries.TryGetValue(key, out var entry) ? entry.Record : null;
        return record is not null;
    }

    /// <summary>The fields to read so that neither what is held nor what is asked for is lost; null for all.</summary>
    public IReadOnlyList<string>? Demand(IReadOnlyCollection<RecordKey> keys, IReadOnlyList<string>? fields)
    {
        if (fields is null)
        {
            return null;
        }

        HashSet<string> demand = [.. fields];
        foreach (var key in keys)
        {
            if (TryPeek(key, out var held))
            {
                demand.UnionWith(held.Schema.Fields.Select(f => f.Name));
            }
        }

        return demand.Count >= Schema.Fields.Count ? null : [.. demand];
    }

    /// <summary>Forgets a record, so that it is read when it is asked for.</summary>
    public void Forget(RecordKey key)
    {
        lock (_lock)
        {
            Mark(key);
            if (_entries.TryGetValue(key, out var entry))
            {
                Remove(entry);
            }
        }
    }

    public override void Put(RecordKey key, Record? record)
    {
        lock (_lock)
        {
            Mark(key);
            if (_entries.TryGetValue(key, out var held) && held.IsYoung)
            {
                // Read meanwhile, so it may be newer than this, or older: the next reader asks the source.
                Remove(held);
                return;
            }

            Keep(key, record);
        }
    }

    public override Moved Apply(Change change)
    {
        lock (_lock)
        {
            Mark(change.Key);
            if (!_entries.TryGetValue(change.Key, out var entry))
            {
                var told = After(null, change);
                return new Moved(null, told, told is not null || change.Kind == ChangeKind.Delete);
            }

            var before = entry.Record;
            if (entry.IsYoung)
            {
                return new Moved(before, null, false, IsAhead: true);
            }

            var after = After(before, change);
            if (after is null)
            {
                // Gone, or changed without having been seen: the next reader asks the source.
                Remove(entry);
            }
            else
            {
                Change(entry, after);
            }

            Evict();
            return new Moved(before, after, after is not null || change.Kind == ChangeKind.Delete);
        }
    }

    public override void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
            _slots.Clear();
            _young.Clear();
            (_bytes, _pinned) = (0, 0);
            foreach (var reading in _readings)
            {
                reading.IsVoid = true;
            }
        }
    }

    public void Dispose() => _ticker.Dispose();

    private bool Carries(Record record, IReadOnlyList<string>? fields) =>
        IsWhole(record) || (fields is not null && fields.All(f => record.Schema.Ordinal(f) >= 0));

    private bool Carries(Record record, TableSchema shape) => IsWhole(record) || shape.Fields.All(f => record.Schema.Ordinal(f.Name) >= 0);

    private void Keep(RecordKey key, Record? record, bool isYoung = false)
    {
        if (!_entries.TryGetValue(key, out var entry))
        {
            entry = new Entry(key) { Slot = _slots.Count };
            _slots.Add(entry);
            _entries[key] = entry;
            Pin(entry, _watched.ContainsKey(key));
        }

        Change(entry, record);
        (entry.UsedAs, entry.UsedAt) = (++_uses, _tick);
        if (isYoung)
        {
            (entry.IsYoung, entry.YoungAs) = (true, _uses);
            _young.Add(entry);
        }

        Evict();
    }

    private void Change(Entry entry, Record? record)
    {
        var size = RecordSize.Of(record);
        _bytes += size - entry.Size;
        (entry.Record, entry.Size) = (record, size);
    }
}
