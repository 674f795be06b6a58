using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Live;

/// <summary>
/// A table in front of another, its source, with a cache that follows the source's changes. Reads come from memory,
/// writes go through. It is itself a table, so it takes the source's place anywhere. Safe from any thread.
/// </summary>
/// <remarks>
/// One pump reads the source's changes and applies each to the cache before any subscriber of this table hears of it: who
/// reads in answer to a change never sees the record as it was before. A write's own stored record is kept at once.
/// </remarks>
public sealed partial class LiveTable : ITable, IJournalReader, IAsyncDisposable
{
    private readonly ITable _source;
    private readonly LiveTableOptions _options;
    private readonly RecordCache? _cache;
    private readonly ConcurrentDictionary<RecordKey, Held>? _all;
    private readonly ConcurrentDictionary<RecordKey, Task<Record?>> _reading = [];
    private volatile ConcurrentDictionary<RecordKey, bool>? _keptWhileLoading;
    private readonly FeedBuffer _buffer;
    private readonly CancellationTokenSource _stop = new();
    private Task _pump = Task.CompletedTask;
    private readonly Queue<(RecordKey Key, long At)> _deleted = new();
    private int _disposed;

    private LiveTable(ITable source, LiveTableOptions options)
    {
        (_source, _options) = (source, options);
        _buffer = new FeedBuffer(this);
        if (options.Mode == LiveTableMode.Full)
        {
            _all = [];
        }
        else
        {
            _cache = new RecordCache(options.MaxEntries, options.TimeToLive, options.Clock);
        }
    }

    /// <param name="Record">The record; null where it is known to be gone.</param>
    /// <param name="Sequence">The journal number it is as of.</param>
    private sealed record Held(Record? Record, long Sequence);

    public TableSchema Schema => _source.Schema;

    /// <summary>How many records are held in memory.</summary>
    public int Count => _cache?.Count ?? _all!.Count(h => h.Value.Record is not null);

    /// <summary>Puts a live table in front of a source. In full mode every record is read before this returns.</summary>
    /// <param name="source">The source.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Ends the loading.</param>
    public static async Task<LiveTable> OpenAsync(ITable source, LiveTableOptions? options = null, CancellationToken cancellationToken = default)
    {
        var table = new LiveTable(source, options ?? new LiveTableOptions());
        // The stream's place is taken before anything is read, so that no change falls between.
        var stream = new Stream(source, table._stop.Token);
        try
        {
            await table.LoadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        table._pump = Task.Run(() => table.PumpAsync(stream), CancellationToken.None);
        return table;
    }

    public ValueTask<Record?> GetAsync(RecordKey key, CancellationToken cancellationToken = default)
    {
        if (_all is not null)
        {
            return ValueTask.FromResult(_all.TryGetValue(key, out var held) ? held.Record : null);
        }

        return _cache!.TryGet(key, out var record) ? ValueTask.FromResult(record) : new ValueTask<Record?>(ReadThroughAsync(key, cancellationToken));
    }

    public async ValueTask<IReadOnlyList<Record>> GetManyAsync(IReadOnlyCollection<RecordKey> keys, IReadOnlyList<string>? fields = null, CancellationToken cancellationToken = default)
    {
        List<Record> records = [];
        List<RecordKey> missing = [];
        foreach (var key in keys)
        {
            if (_all is not null)
            {
                if (_all.TryGetValue(key, out var held) && held.Record is not null)
                {
                    records.Add(held.Record);
                }
            }
            else if (!_cache!.TryGet(key, out var record))
            {
                missing.Add(key);
            }
            else if (record is not null)
            {
                records.Add(record);
            }
        }

        if (missing.Count > 0)
        {
            records.AddRange(await ReadAsync(missing, cancellationToken).ConfigureAwait(false));
        }

        return records;
    }

    public Task<Page> QueryAsync(Query query, CancellationToken cancellationToken = default) => _all is null
        ? _source.QueryAsync(query, cancellationToken)
        : Task.FromResult(MemoryQuery.Run(Schema, Records(), query));

    public Task<long> CountAsync(Filter filter, CancellationToken cancellationToken = default) => _all is null
        ? _source.CountAsync(filter, cancellationToken)
        : Task.FromResult(MemoryQuery.Count(Schema, Records(), filter));

    public Task<ReadOnlyMemory<byte>?> ReadBlobAsync(RecordKey key, string field, CancellationToken cancellationToken = default) =>
        _source.ReadBlobAsync(key, field, cancellationToken);

    public async Task<WriteResult> WriteAsync(Write write, CancellationToken cancellationToken = default)
    {
        var result = await _source.WriteAsync(write, cancellationToken).ConfigureAwait(false);
        if (result is WriteResult.Written written)
        {
            TakeIn(written);
        }
        else if (result is WriteResult.Missing && write is Write.Update or Write.Delete)
        {
            _cache?.Forget(write is Write.Update update ? update.Key : ((Write.Delete)write).Key);
        }

        return result;
    }

    public async Task<BatchResult> WriteAllAsync(IReadOnlyList<Write> writes, CancellationToken cancellationToken = default)
    {
        var result = await _source.WriteAllAsync(writes, cancellationToken).ConfigureAwait(false);
        if (result.IsCommitted)
        {
            foreach (var written in result.Results.OfType<WriteResult.Written>())
            {
                TakeIn(written);
            }
        }

        return result;
    }

    public IAsyncEnumerable<IReadOnlyList<Record>> ScanAsync(IReadOnlyList<string>? fields = null, CancellationToken cancellationToken = default) =>
        _source.ScanAsync(fields, cancellationToken);

    public Task<IReadOnlyList<Change>> HistoryAsync(RecordKey key, int limit = 100, CancellationToken cancellationToken = default) =>
        _source.HistoryAsync(key, limit, cancellationToken);

    public IChangeStream Follow() => _buffer.Follow(null, _ => Task.CompletedTask);

    /// <summary>The table's changes, each heard after the cache has taken it in; with a cursor to go on from, the source's own, which may be ahead of the cache.</summary>
    public IAsyncEnumerable<IReadOnlyList<Change>> ChangesAsync(Cursor? after = null, CancellationToken cancellationToken = default) =>
        after is null ? _buffer.ReadAsync(null, cancellationToken) : _source.ChangesAsync(after, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _pump.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    Task<IReadOnlyList<Change>> IJournalReader.ReadAsync(Cursor after, Cursor upTo, int limit, CancellationToken cancellationToken) =>
        // A subscriber this far behind is told to look again rather than led through all it missed.
        Task.FromResult<IReadOnlyList<Change>>([Reset(upTo)]);

    private IEnumerable<Record> Records() => _all!.Values.Select(h => h.Record).OfType<Record>();

    private async Task<Record?> ReadThroughAsync(RecordKey key, CancellationToken cancellationToken)
    {
        // Everyone who asks for a record that is being read waits for that one read.
        var mine = new TaskCompletionSource<Record?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var reading = _reading.GetOrAdd(key, mine.Task);
        if (reading == mine.Task)
        {
            _ = ReadOnceAsync(key, mine);
        }

        return await reading.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task ReadOnceAsync(RecordKey key, TaskCompletionSource<Record?> answer)
    {
        try
        {
            var record = (await ReadAsync([key], _stop.Token).ConfigureAwait(false)).FirstOrDefault();
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

    private async Task<IReadOnlyList<Record>> ReadAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken)
    {
        var reading = _cache!.BeginRead(keys);
        IReadOnlyList<Record>? read = null;
        try
        {
            read = keys.Count == 1
                ? await _source.GetAsync(keys.First(), cancellationToken).ConfigureAwait(false) is { } record ? [record] : []
                : await _source.GetManyAsync(keys, null, cancellationToken).ConfigureAwait(false);
            return read;
        }
        finally
        {
            _cache.EndRead(reading, read);
        }
    }

    private void TakeIn(WriteResult.Written written)
    {
        if (written.Change is { } change)
        {
            Keep(written.Stored.Key, change.Kind == ChangeKind.Delete ? null : written.Stored, change.Sequence);
        }
    }

    private void Keep(RecordKey key, Record? record, long sequence)
    {
        _keptWhileLoading?.TryAdd(key, true);
        _cache?.Put(key, record, sequence);
        _all?.AddOrUpdate(key, _ => new Held(record, sequence), (_, held) => sequence > held.Sequence ? new Held(record, sequence) : held);
    }
}
