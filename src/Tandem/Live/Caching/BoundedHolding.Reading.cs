using Tandem.Records;

namespace Tandem.Live.Caching;

/// <content>What reads from the source bring, and when it is known to be as of the place reached.</content>
internal sealed partial class BoundedHolding
{
    /// <summary>A read from the source under way. What changes meanwhile may be newer than what it brings, so that is not kept.</summary>
    internal sealed class Reading(IReadOnlyCollection<RecordKey>? keys)
    {
        /// <summary>The records asked for; null when a query finds them.</summary>
        public HashSet<RecordKey>? Keys { get; } = keys is null ? null : [.. keys];

        /// <summary>Whether everything held was forgotten meanwhile.</summary>
        public bool IsVoid { get; set; }

        public HashSet<RecordKey> Changed { get; } = [];
    }

    /// <summary>Notes that records are about to be read from the source: these, or, with null, whichever a query finds.</summary>
    public Reading BeginRead(IReadOnlyCollection<RecordKey>? keys)
    {
        var reading = new Reading(keys);
        lock (_lock)
        {
            _readings.Add(reading);
        }

        return reading;
    }

    /// <summary>Keeps what a read brought, and null for keys it brought nothing for; nothing at all when the read failed.</summary>
    /// <returns>What the reader is given: of two reads at once nobody knows which is newer, so what is held stays and is given to both.</returns>
    public IReadOnlyList<Record> EndRead(Reading reading, IReadOnlyCollection<Record>? records)
    {
        lock (_lock)
        {
            _readings.Remove(reading);
            if (records is null || reading.IsVoid)
            {
                return [.. records ?? []];
            }

            var byKey = records.DistinctBy(r => r.Key).ToDictionary(r => r.Key);
            foreach (var key in (reading.Keys ?? [.. byKey.Keys]).Where(k => !reading.Changed.Contains(k)))
            {
                var record = byKey.GetValueOrDefault(key);
                if (record is not null && _entries.TryGetValue(key, out var held) && held.Record is not null && Carries(held.Record, record.Schema))
                {
                    // What is held is as of the place reached, and tells as much.
                    byKey[key] = held.Record;
                    continue;
                }

                Keep(key, record, isYoung: true);
            }

            return [.. byKey.Values];
        }
    }

    /// <summary>The entries that are young now. They are settled once the table has reached everything committed by now.</summary>
    public IReadOnlyList<object> Young()
    {
        lock (_lock)
        {
            return [.. _young.Select(e => (object)(Entry: e, e.YoungAs))];
        }
    }

    /// <summary>Entries once young are as of the place reached.</summary>
    public void Settle(IReadOnlyList<object> young)
    {
        lock (_lock)
        {
            foreach (var (entry, _) in young.Cast<(Entry, long)>().Where(y => y.Item1.YoungAs == y.Item2))
            {
                entry.IsYoung = false;
                _young.Remove(entry);
            }
        }
    }

    private void Mark(RecordKey key)
    {
        foreach (var reading in _readings)
        {
            if (reading.Keys?.Contains(key) != false)
            {
                reading.Changed.Add(key);
            }
        }
    }
}
