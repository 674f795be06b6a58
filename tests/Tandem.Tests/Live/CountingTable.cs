using Record = Tandem.Records.Record;
using System.Runtime.CompilerServices;
using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Tests.Live;

/// <summary>A source that counts what is asked of it, can hold its reads back, and whose feed can break.</summary>
internal sealed class CountingTable(ITable inner) : ITable
{
    private int _reads;
    private TaskCompletionSource? _gate;
    private TaskCompletionSource _break = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _opened;
    private int _queries;

    public TableSchema Schema => inner.Schema;

    public int Reads => _reads;

    /// <summary>How often the whole table was read.</summary>
    public int Scans { get; private set; }

    /// <summary>How often a query was asked.</summary>
    public int Queries => _queries;

    /// <summary>The fields that reads of several records asked for; null where all were.</summary>
    public List<IReadOnlyList<string>?> Demands { get; } = [];

    /// <summary>How often the feed was opened.</summary>
    public int Opened => _opened;

    /// <summary>Set to make every read fail.</summary>
    public bool IsDown { get; set; }

    /// <summary>A signal that a read has begun and waits for <see cref="Release"/>.</summary>
    public TaskCompletionSource Held { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Hold() => _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _gate!.SetResult();

    public void BreakFeed() => Interlocked.Exchange(ref _break, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    public async ValueTask<Record?> GetAsync(RecordKey key, CancellationToken cancellationToken = default)
    {
        var record = await inner.GetAsync(key, cancellationToken);
        await ReadAsync();
        return record;
    }

    public async ValueTask<IReadOnlyList<Record>> GetManyAsync(IReadOnlyCollection<RecordKey> keys, IReadOnlyList<string>? fields = null, CancellationToken cancellationToken = default)
    {
        Demands.Add(fields);
        var records = await inner.GetManyAsync(keys, fields, cancellationToken);
        await ReadAsync();
        return records;
    }

    public async Task<Page> QueryAsync(Query query, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _queries);
        var page = await inner.QueryAsync(query, cancellationToken);
        await ReadAsync();
        return page;
    }

    public Task<long> CountAsync(Filter filter, CancellationToken cancellationToken = default) => inner.CountAsync(filter, cancellationToken);

    public Task<ReadOnlyMemory<byte>?> ReadBlobAsync(RecordKey key, string field, CancellationToken cancellationToken = default) => inner.ReadBlobAsync(key, field, cancellationToken);

    /// <summary>Every write that came, alone or in a batch.</summary>
    public List<Write> Writes { get; } = [];

    /// <summary>How many batches came.</summary>
    public int Batches { get; private set; }

    public Task<WriteResult> WriteAsync(Write write, CancellationToken cancellationToken = default)
    {
        ThrowIfDown();
        Writes.Add(write);
        return inner.WriteAsync(write, cancellationToken);
    }

    public Task<BatchResult> WriteAllAsync(IReadOnlyList<Write> writes, CancellationToken cancellationToken = default)
    {
        ThrowIfDown();
        Batches++;
        Writes.AddRange(writes);
        return inner.WriteAllAsync(writes, cancellationToken);
    }

    public async IAsyncEnumerable<IReadOnlyList<Record>> ScanAsync(IReadOnlyList<string>? fields = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Scans++;
        await ReadAsync();
        await foreach (var batch in inner.ScanAsync(fields, cancellationToken))
        {
            yield return batch;
        }
    }

    public Task<IReadOnlyList<Change>> HistoryAsync(RecordKey key, int limit = 100, CancellationToken cancellationToken = default) => inner.HistoryAsync(key, limit, cancellationToken);

    public IChangeStream Follow(Cursor? after = null)
    {
        Interlocked.Increment(ref _opened);
        return new BreakableStream(inner.Follow(after), _break.Task);
    }

    public IAsyncEnumerable<IReadOnlyList<Change>> ChangesAsync(Cursor? after = null, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _opened);
        return BreakableAsync(inner.ChangesAsync(after, cancellationToken), _break.Task, cancellationToken);
    }

    private static async IAsyncEnumerable<IReadOnlyList<Change>> BreakableAsync(IAsyncEnumerable<IReadOnlyList<Change>> changes, Task broken, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var reading = changes.GetAsyncEnumerator(stop.Token);
        while (true)
        {
            var next = reading.MoveNextAsync().AsTask();
            if (await Task.WhenAny(next, broken) == broken)
            {
                await stop.CancelAsync();
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw new DatabaseUnavailableException("The database does not answer.", new IOException());
            }

            if (!await next)
            {
                yield break;
            }

            yield return reading.Current;
        }
    }

    private sealed class BreakableStream(IChangeStream stream, Task broken) : IChangeStream
    {
        public Cursor Cursor => stream.Cursor;

        public async ValueTask<IReadOnlyList<Change>?> NextAsync(long until = long.MaxValue, CancellationToken cancellationToken = default)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var next = stream.NextAsync(until, stop.Token).AsTask();
            if (await Task.WhenAny(next, broken) == broken)
            {
                await stop.CancelAsync();
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw new DatabaseUnavailableException("The database does not answer.", new IOException());
            }

            return await next;
        }

        public Task<long> SyncAsync(CancellationToken cancellationToken = default) => stream.SyncAsync(cancellationToken);

        public Task PassedAsync(long position, CancellationToken cancellationToken = default) => stream.PassedAsync(position, cancellationToken);

        public ValueTask DisposeAsync() => stream.DisposeAsync();
    }

    private async Task ReadAsync()
    {
        Interlocked.Increment(ref _reads);
        ThrowIfDown();

        if (_gate is { } gate)
        {
            Held.TrySetResult();
            await gate.Task;
        }
    }

    private void ThrowIfDown()
    {
        if (IsDown)
        {
            throw new DatabaseUnavailableException("The database does not answer.", new IOException());
        }
    }
}
