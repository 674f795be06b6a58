using Tandem.Records;

namespace Tandem.Live.Caching;

/// <content>What stays and what goes.</content>
/// <remarks>
/// A read marks its entry with a running number and the current tick of a coarse clock. What goes first is the least
/// recently used of a sample, the way Redis evicts (redis.io, "Key eviction"): exact while there are fewer entries than the
/// sample, close to it beyond, and no list to keep in order under a lock on every read. Watched entries stay.
/// </remarks>
internal sealed partial class BoundedHolding
{
    private const int Sample = 64;
    private const int TicksPerLife = 8;
    private static readonly TimeSpan s_longestTick = TimeSpan.FromDays(40);
    private readonly List<Entry> _slots = [];
    private readonly Dictionary<RecordKey, int> _watched = [];
    private readonly Random _random = new(1);
    private readonly ITimer _ticker;
    private readonly int _maxEntries;
    private readonly long _maxBytes;
    private long _uses;
    private int _tick;
    private long _bytes;
    private int _pinned;

    /// <summary>About how many bytes are held.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Says that a record is being looked at, so that it is not evicted; every call is answered by one of <see cref="Unwatch"/>.</summary>
    public void Watch(RecordKey key)
    {
        lock (_lock)
        {
            _watched[key] = _watched.GetValueOrDefault(key) + 1;
            if (_entries.TryGetValue(key, out var entry))
            {
                Pin(entry, true);
            }
        }
    }

    public void Unwatch(RecordKey key)
    {
        lock (_lock)
        {
            if (--_watched[key] > 0)
            {
                return;
            }

            _watched.Remove(key);
            if (_entries.TryGetValue(key, out var entry))
            {
                Pin(entry, false);
                Evict();
            }
        }
    }

    private void Pin(Entry entry, bool isWatched)
    {
        if (entry.IsWatched != isWatched)
        {
            entry.IsWatched = isWatched;
            _pinned += isWatched ? 1 : -1;
        }
    }

    private void Evict()
    {
        while (_slots.Count > _pinned && (_slots.Count - _pinned > _maxEntries || _bytes > _maxBytes) && Oldest() is { } oldest)
        {
            Remove(oldest);
        }
    }

    /// <summary>The least recently used of a sample, or of all when there are few.</summary>
    private Entry? Oldest()
    {
        Entry? oldest = null;
        var from = _slots.Count <= Sample ? 0 : _random.Next(_slots.Count);
        for (var i = 0; i < _slots.Count && (i < Sample || oldest is null); i++)
        {
            var entry = _slots[(from + i) % _slots.Count];
            if (!entry.IsWatched && (oldest is null || entry.UsedAs < oldest.UsedAs))
            {
                oldest = entry;
            }
        }

        return oldest;
    }

    private void Tick()
    {
        lock (_lock)
        {
            _tick++;
            for (var i = _slots.Count - 1; i >= 0; i--)
            {
                if (!_slots[i].IsWatched && _tick - _slots[i].UsedAt > TicksPerLife)
                {
                    Remove(_slots[i]);
                }
            }
        }
    }

    private void Remove(Entry entry)
    {
        _entries.TryRemove(entry.Key, out _);
        _bytes -= entry.Size;
        _young.Remove(entry);
        Pin(entry, false);
        var last = _slots[^1];
        _slots[entry.Slot] = last;
        last.Slot = entry.Slot;
        _slots.RemoveAt(_slots.Count - 1);
    }
}
