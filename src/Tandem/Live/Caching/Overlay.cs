using System.Collections.Concurrent;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Live.Caching;

/// <summary>
/// What this table's own writes lay over the confirmed records: stored records that the changes have not reached yet, and on
/// top the patches of writes not settled yet, in order. Taking one back takes back that one, never a sibling. Safe from any thread.
/// </summary>
internal sealed class Overlay(TableSchema schema, TimeProvider clock)
{
    private static readonly TimeSpan s_keepNumbers = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<RecordKey, Layer> _layers = [];
    private readonly Dictionary<RecordKey, long> _reached = [];
    private readonly Queue<(RecordKey Key, long Number, long At)> _recent = new();
    private int _count;

    /// <summary>Whether nothing is laid over anything.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>Everything that is laid over records.</summary>
    public IReadOnlyList<KeyValuePair<RecordKey, Layer>> Layers => _layers.ToArray();

    /// <summary>The keys unsettled writes lie over.</summary>
    public IEnumerable<RecordKey> PendingKeys => _layers.Where(l => l.Value.Pending.Count > 0).Select(l => l.Key);

    /// <summary>What a write stored.</summary>
    /// <param name="Record">The record, or null when it is gone.</param>
    /// <param name="Sequence">The journal number of the write's change.</param>
    /// <param name="IsAhead">Whether the record may be newer than that: it was read when the write was found to have been done before.</param>
    internal sealed record Stored(Record? Record, long Sequence, bool IsAhead);

    /// <summary>What lies over one record.</summary>
    internal sealed class Layer(TableSchema schema, Stored? stored, IReadOnlyList<Unsettled> pending)
    {
        public Stored? Ahead => stored;

        public IReadOnlyList<Unsettled> Pending => pending;

        /// <summary>Whether the confirmed record need not be known.</summary>
        public bool Replaces => stored is not null;

        /// <summary>What is visible of a record.</summary>
        public Record? Over(Record? confirmed) => PendingOver(stored is { } ahead ? ahead.Record : confirmed);

        /// <summary>What is visible of a record to those who follow the changes: unsettled writes, but nothing stored ahead of the changes.</summary>
        public Record? PendingOver(Record? confirmed)
        {
            foreach (var unsettled in pending)
            {
                confirmed = unsettled.Over(schema, confirmed);
            }

            return confirmed;
        }

        public Layer With(Stored? other) => new(schema, other, pending);

        public Layer With(IReadOnlyList<Unsettled> other) => new(schema, stored, other);
    }

    /// <summary>What lies over a record, or null. Ask before the confirmed record is read: what is taken off in between is confirmed by then.</summary>
    public Layer? Find(RecordKey key) => IsEmpty ? null : _layers.GetValueOrDefault(key);

    /// <summary>What is visible of a record to those who follow the changes.</summary>
    public Record? PendingOver(RecordKey key, Record? confirmed) => Find(key) is { } layer ? layer.PendingOver(confirmed) : confirmed;

    /// <summary>Lays what a write stored over the confirmed record, unless the changes have reached it already.</summary>
    public void Store(RecordKey key, Record? record, long sequence)
    {
        lock (_lock)
        {
            var layer = Of(key);
            if ((!_reached.TryGetValue(key, out var reached) || reached < sequence) && !(layer.Ahead?.Sequence >= sequence))
            {
                Set(key, layer.With(new Stored(record, sequence, false)));
            }
        }
    }

    /// <summary>Lays a record over the confirmed one that may be newer than the change it is known by; it stays until it is lifted.</summary>
    /// <returns>What to lift once the changes have passed the present; null when they have reached that change already, or something newer lies there.</returns>
    public Stored? StoreAhead(RecordKey key, Record? record, long sequence)
    {
        lock (_lock)
        {
            if ((_reached.TryGetValue(key, out var reached) && reached >= sequence) || Of(key).Ahead?.Sequence >= sequence)
            {
                return null;
            }

            var stored = new Stored(record, sequence, true);
            Set(key, Of(key).With(stored));
            return stored;
        }
    }

    /// <summary>Takes off what was laid over a record, unless something newer was laid there since.</summary>
    public void Lift(RecordKey key, Stored stored)
    {
        lock (_lock)
        {
            if (_layers.TryGetValue(key, out var layer) && ReferenceEquals(layer.Ahead, stored))
            {
                Set(key, layer.With((Stored?)null));
            }
        }
    }

    /// <summary>Lays an unsettled write on top.</summary>
    public void Add(RecordKey key, Unsettled unsettled)
    {
        lock (_lock)
        {
            var layer = Of(key);
            Set(key, layer.With([.. layer.Pending, unsettled]));
        }
    }

    /// <summary>Takes one unsettled write away: it was stored, or refused.</summary>
    /// <returns>Whether it lay there.</returns>
    public bool Remove(RecordKey key, Guid write)
    {
        lock (_lock)
        {
            if (!_layers.TryGetValue(key, out var layer) || layer.Pending.All(p => p.Write != write))
            {
                return false;
            }

            Set(key, layer.With([.. layer.Pending.Where(p => p.Write != write)]));
            return true;
        }
    }

    /// <summary>The stored record that is exactly as of a change, or null.</summary>
    public Record? StoredAt(Change change) =>
        Find(change.Key)?.Ahead is { IsAhead: false } stored && stored.Sequence == change.Sequence ? stored.Record : null;

    /// <summary>The confirmed records have reached a change: what was stored by then is confirmed now. Called after they have.</summary>
    public void Reach(Change change)
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            _reached[change.Key] = change.Sequence;
            _recent.Enqueue((change.Key, change.Sequence, now));
            Forget(now);
            if (_layers.TryGetValue(change.Key, out var layer))
            {
                layer = layer.Ahead is { IsAhead: false } ahead && ahead.Sequence <= change.Sequence ? layer.With((Stored?)null) : layer;
                Set(change.Key, change.WriteId is { } write ? layer.With([.. layer.Pending.Where(p => p.Write != write)]) : layer);
            }
        }
    }

    /// <summary>What was stored by a moment is confirmed: the records were read again since. Called after they are held.</summary>
    /// <param name="then">The layers of that moment; what was stored since stays until the changes reach it.</param>
    public void Reach(IReadOnlyList<KeyValuePair<RecordKey, Layer>> then)
    {
        lock (_lock)
        {
            foreach (var (key, was) in then)
            {
                if (was.Ahead is { } known && _layers.TryGetValue(key, out var layer) && layer.Ahead?.Sequence <= known.Sequence)
                {
                    Set(key, layer.With((Stored?)null));
                }
            }
        }
    }

    private Layer Of(RecordKey key) => _layers.GetValueOrDefault(key) ?? new Layer(schema, null, []);

    private void Set(RecordKey key, Layer layer)
    {
        if (layer is { Ahead: null, Pending.Count: 0 })
        {
            _count -= _layers.TryRemove(key, out _) ? 1 : 0;
        }
        else
        {
            _count += _layers.ContainsKey(key) ? 0 : 1;
            _layers[key] = layer;
        }
    }

    /// <summary>The numbers reached are kept for a while, in case the answer of an older write comes in late.</summary>
    private void Forget(long now)
    {
        while (_recent.TryPeek(out var oldest) && clock.GetElapsedTime(oldest.At, now) > s_keepNumbers)
        {
            _recent.Dequeue();
            if (_reached.TryGetValue(oldest.Key, out var number) && number == oldest.Number)
            {
                _reached.Remove(oldest.Key);
            }
        }
    }
}
