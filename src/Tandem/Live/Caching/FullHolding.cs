using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Live.Caching;

/// <summary>Every record of a table. Reads take no lock.</summary>
internal sealed class FullHolding(TableSchema schema) : Holding(schema)
{
    private ConcurrentDictionary<RecordKey, Record> _records = new(1, 31);
    private int _count;

    public override int Count => Volatile.Read(ref _count);

    public IEnumerable<Record> Records => _records.Select(r => r.Value);

    public override bool TryGet(RecordKey key, IReadOnlyList<string>? fields, out Record? record)
    {
        record = _records.TryGetValue(key, out var held) ? held : null;
        return true;
    }

    public override bool TryPeek(RecordKey key, [NotNullWhen(true)] out Record? record) => _records.TryGetValue(key, out record);

    public override void Put(RecordKey key, Record? record)
    {
        if (record is null)
        {
            _count -= _records.TryRemove(key, out _) ? 1 : 0;
        }
        else if (_records.TryAdd(record.Key, record))
        {
            _count++;
        }
        else
        {
            _records[key] = record;
        }
    }

    /// <summary>Takes in records before anybody looks.</summary>
    public void Load(IReadOnlyList<Record> records)
    {
        foreach (var record in records)
        {
            Put(record.Key, record);
        }
    }

    /// <summary>Takes in records before anybody looks. Once all are read their number is known, so that room is made once.</summary>
    public async Task LoadAsync(IAsyncEnumerable<IReadOnlyList<Record>> batches)
    {
        List<IReadOnlyList<Record>> all = [];
        await foreach (var batch in batches.ConfigureAwait(false))
        {
            all.Add(batch);
        }

        _records = new(1, Math.Max(31, all.Sum(b => b.Count)));
        all.ForEach(Load);
    }

    public override Moved Apply(Change change)
    {
        var before = _records.GetValueOrDefault(change.Key);
        var after = After(before, change);
        if (after is null && change.Kind != ChangeKind.Delete)
        {
            return new Moved(before, before, false);
        }

        Put(change.Key, after);
        return new Moved(before, after, true);
    }

    public override void Clear()
    {
        _records.Clear();
        _count = 0;
    }
}
