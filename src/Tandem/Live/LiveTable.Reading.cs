using System.Collections.Concurrent;
using Tandem.Live.Caching;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Live;

/// <content>Reading.</content>
public sealed partial class LiveTable
{
    private readonly ConcurrentDictionary<RecordKey, Task<Record?>> _reading = [];

    public ValueTask<Record?> GetAsync(RecordKey key, CancellationToken cancellationToken = default)
    {
        var layer = _overlay.Find(key);
        if (layer is { Replaces: true })
        {
            return ValueTask.FromResult(layer.Over(null));
        }

        return _holding.TryGet(key, null, out var record)
            ? ValueTask.FromResult(layer is null ? record : layer.Over(record))
            : new ValueTask<Record?>(ReadThroughAsync(key, cancellationToken));
    }

    public async ValueTask<IReadOnlyList<Record>> GetManyAsync(IReadOnlyCollection<RecordKey> keys, IReadOnlyList<string>? fields = null, CancellationToken cancellationToken = default)
    {
        List<Record> records = [];
        List<RecordKey> missing = [];
        foreach (var key in keys.Distinct())
        {
            var layer = _overlay.Find(key);
            Record? held = null;
            if (layer is { Replaces: true } || _holding.TryGet(key, fields, out held))
            {
                if ((layer is null ? held : layer.Over(held)) is { } record)
                {
                    records.Add(record);
                }
            }
            else
            {
                missing.Add(key);
            }
        }

        if (missing.Count > 0)
        {
            var layers = missing.ToDictionary(k => k, _overlay.Find);
            foreach (var record in await ReadAsync(missing, fields, cancellationToken).ConfigureAwait(false))
            {
                if ((layers.GetValueOrDefault(record.Key) is { } layer ? layer.PendingOver(record) : record) is { } visible)
                {
                    records.Add(visible);
                }
            }
        }

        return records;
    }

    /// <summary>Reads one page. In full mode from memory, save where the source orders a field otherwise than memory can (<see cref="Schema.Field.IsOrderedAlike"/>): then the source is asked.</summary>
    public async Task<Page> QueryAsync(Query query, CancellationToken cancellationToken = default)
    {
        if (_full is not null && Locality.IsLocal(Schema, query))
        {
            return MemoryQuery.Run(Schema, Records(), query);
        }

        return _overlay.IsEmpty
            ? await _source.QueryAsync(query, cancellationToken).ConfigureAwait(false)
            : await OverlaidPage.ReadAsync(_source, query, _overlay, cancellationToken).ConfigureAwait(false);
    }

    public Task<long> CountAsync(Filter filter, CancellationToken cancellationToken = default) => _full is null || !Locality.IsLocal(Schema, filter)
        ? _source.CountAsync(filter, cancellationToken)
        : Task.FromResult(MemoryQuery.Count(Schema, Records(), filter));

    /// <summary>Groups are the source's to make, since it holds every record and need not send them.</summary>
    public Task<Groups> GroupAsync(GroupQuery query, CancellationToken cancellationToken = default) => _source.GroupAsync(query, cancellationToken);

    public Task<ReadOnlyMemory<byte>?> ReadBlobAsync(RecordKey key, string field, CancellationToken cancellationToken = default) =>
        _source.ReadBlobAsync(key, field, cancellationToken);

    private IEnumerable<Record> Records()
    {
        if (_overlay.IsEmpty)
        {
            return _full!.Records;
        }

        var layers = _overlay.Layers;
        HashSet<RecordKey> covered = [.. layers.Select(l => l.Key)];
        return _full!.Records.Where(r => !covered.Contains(r.Key)).Concat(layers.Select(l => l.Value.Over(Confirmed(l.Key))).OfType<Record>());
    }

    private async Task<Record?> ReadThroughAsync(RecordKey key, CancellationToken cancellationToken)
    {
        var layer = _overlay.Find(key);
        // Everyone who asks for a record that is being read waits for that one read.
        var mine = new TaskCompletionSource<Record?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = _reading.GetOrAdd(key, mine.Task);
        if (reading == mine.Task)
        {
            _ = ReadOnceAsync(key, mine);
        }

        var record = await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
        return layer is null ? record : layer.PendingOver(record);
    }

    private async Task ReadOnceAsync(RecordKey key, TaskCompletionSource<Record?> answer)
    {
        try
        {
            var record = (await ReadAsync([key], null, _stop.Token).ConfigureAwait(false)).FirstOrDefault();
            _reading.TryRemove(new(key, answer.Task));
            answer.SetResult(record);
        }
        catch (Exception e)
        {
            // Everyone who waits for this read gets its fault; the next one asks anew.
            _reading.TryRemove(new(key, answer.Task));
            answer.SetException(e);
        }
    }

    private async Task<IReadOnlyList<Record>> ReadAsync(IReadOnlyCollection<RecordKey> keys, IReadOnlyList<string>? fields, CancellationToken cancellationToken)
    {
        if (_bounded is null)
        {
            return await _source.GetManyAsync(keys, fields, cancellationToken).ConfigureAwait(false);
        }

        var reading = _bounded.BeginRead(keys);
        IReadOnlyList<Record>? read = null;
        try
        {
            var demand = _bounded.Demand(keys, fields);
            read = keys.Count == 1 && demand is null
                ? await _source.GetAsync(keys.First(), cancellationToken).ConfigureAwait(false) is { } record ? [record] : []
                : await _source.GetManyAsync(keys, demand, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            read = _bounded.EndRead(reading, read);
        }

        return read;
    }
}
