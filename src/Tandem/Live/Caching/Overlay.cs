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

    /// <summary>The keys something is laid over.</summary>
    public IEnumerable<RecordKey> Keys => _layers.Select(l => l.Key);

    /// <param name="Stored">What a write stored, ahead of the changes.</param>
    /// <param name="Pending">Unsettled writes, oldest first.</param>
    private sealed record Layer((Record? Record, long Sequence)? Stored, IReadOnlyList<Unsettled> Pending);

    /// <summary>The keys unsettled writes lie over.</summary>
    public IEnumerable<RecordKey> PendingKeys => _layers.Where(l => l.Value.Pending.Count > 0).Select(l => l.Key);

    /// <summary>Whether a stored record takes a record's place, so that the confirmed one need not be known.</summary>
    public bool Replaces(RecordKey key) => !IsEmpty && _layers.TryGetValue(key, out var layer) && layer.Stored is not null;

    /// <summary>What is visible of a record.</summary>
    public Record? Over(RecordKey key, Record? confirmed)
    {
        if (IsEmpty || !_layers.TryGetValue(key, out var layer))
        {
            return confirmed;
        }

        return Pending(layer, layer.Stored is { } stored ? stored.Record : confirmed);
    }

    /// <summary>What is visible of a record to those who follow the changes: unsettled writes, but nothing stored ahead of the changes.</summary>
    public Record? PendingOver(RecordKey key, Record? confirmed) =>
        IsEmpty || !_layers.TryGetValue(key, out var layer) ? confirmed : Pending(layer, confirmed);

    /// <summary>Lays what a write stored over the confirmed record, unless the changes have reached it already.</summary>
    public void Store(RecordKey key, Record? record, long sequence)
    {
        lock (_lock)
        {
            var layer = _layers.GetValueOrDefault(key) ?? new Layer(null, []);
            if ((!_reached.TryGetValue(key, out var reached) || reached < sequence) && !(layer.Stored?.Sequence >= sequence))
            {
                Set(key, layer with { Stored = (record, sequence) });
            }
        }
    }

    /// <summary>Lays an unsettled write on top.</summary>
    public void Add(RecordKey key, Unsettled unsettled)
    {
        lock (_lock)
        {
            var layer = _layers.GetValueOrDefault(key) ?? new Layer(null, []);
            Set(key, layer with { Pending = [.. layer.Pending, unsettled] });
        }
    }

    /// <summary>Takes one unsettled write away: it was stored, or refused.</summary>
    public void Remove(RecordKey key, Guid write)
    {
        lock (_lock)
        {
            if (_layers.TryGetValue(key, out var layer))
            {
                Set(key, layer with { Pending = [.. layer.Pending.Where(p => p.Write != write)] });
            }
        }
    }

    /// <summary>The changes have reached a change: what was stored ahead of them by then is confirmed now.</summary>
    /// <returns>The stored record that is exactly as of this change; null when none is.</returns>
    public Record? Reach(Change change)
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            _reached[change.Key] = change.Sequence;
            _recent.Enqueue((change.Key, change.Sequence, now));
            Forget(now);
            if (!_layers.TryGetValue(change.Key, out var layer))
            {
                return null;
            }

            var stored = layer.Stored is { } ahead && ahead.Sequence <= change.Sequence ? ahead : ((Record? Record, long Sequence)?)null;
            Set(change.Key, layer with
            {
                Stored = stored is null ? layer.Stored : null,
                Pending = change.WriteId is { } write ? [.. layer.Pending.Where(p => p.Write != write)] : layer.Pending,
            });
            return stored?.Sequence == change.Sequence ? stored.Value.Record : null;
        }
    }

    /// <summary>Everything stored so far is confirmed: the records were read again.</summary>
    public void ReachAll()
    {
        lock (_lock)
        {
            foreach (var (key, layer) in _layers)
            {
                Set(key, layer with { Stored = null });
            }
        }
    }

    private Record? Pending(Layer layer, Record? record)
    {
        foreach (var unsettled in layer.Pending)
        {
            record = unsettled.Over(schema, record);
        }

        return record;
    }

    private void Set(RecordKey key, Layer layer)
    {
        if (layer is { Stored: null, Pending.Count: 0 })
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
