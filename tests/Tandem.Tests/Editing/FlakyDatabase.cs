using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Record = Tandem.Records.Record;

namespace Tandem.Tests.Editing;

/// <summary>A database over a line that can be cut: before a write arrives, or before its answer comes back.</summary>
internal sealed class FlakyDatabase(MemoryDatabase inner) : IDatabase
{
    private readonly Queue<Cut> _cuts = [];
    private readonly SemaphoreSlim _line = new(1, 1);

    /// <summary>What happens before the next write arrives.</summary>
    public Func<Task>? First { get; set; }

    /// <summary>Whether writes stand in line, so that others get in between a write and the next by the same writer.</summary>
    public bool Queues { get; set; }

    /// <summary>What happens between the arrival of the next write and its answer.</summary>
    public Func<Task>? Meanwhile { get; set; }

    /// <summary>How many writes arrived at the source, in batches or alone.</summary>
    public int Arrived { get; private set; }

    /// <summary>The records that tables were told of at once.</summary>
    public List<RecordKey> TakenIn { get; } = [];

    /// <summary>Whether nothing at all gets through, until it is set again.</summary>
    public bool IsDown { get; set; }

    public string Name => inner.Name;

    public string Product => inner.Product;

    public bool IsReadOnly => false;

    public IReadOnlyList<ITable> Tables => inner.Tables;

    public int SchemaVersion => inner.SchemaVersion;

    public IChangeFeed Feed => inner;

    public IReadOnlyList<string> Notes => [];

    /// <summary>What happens to the next writes, one after the other.</summary>
    public void Next(params Cut[] cuts)
    {
        foreach (var cut in cuts)
        {
            _cuts.Enqueue(cut);
        }
    }

    public ITable? Find(string table) => inner.Find(table) is { } found ? new FlakyTable(this, found) : null;

    public ITable? FindSystem(string name) => inner.FindSystem(name);

    public Task ReloadAsync(CancellationToken cancellationToken = default) => inner.ReloadAsync(cancellationToken);

    public ValueTask<RecordCount> EstimateAsync(string table, CancellationToken cancellationToken = default) => inner.EstimateAsync(table, cancellationToken);

    public Task<BatchResult> WriteAllAsync(IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken = default) =>
        ThroughAsync(() => inner.WriteAllAsync(writes, cancellationToken));

    public Task<BatchResult> TryAllAsync(IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken = default) => inner.TryAllAsync(writes, cancellationToken);

    public Task<IReadOnlyList<Change>> OperationAsync(string operation, int limit, CancellationToken cancellationToken = default) => inner.OperationAsync(operation, limit, cancellationToken);

    public Task<Change?> FindWriteAsync(Guid id, CancellationToken cancellationToken = default) => Up() ?? inner.FindWriteAsync(id, cancellationToken);

    public Task<long> TrimJournalAsync(JournalRetention retention, CancellationToken cancellationToken = default) => inner.TrimJournalAsync(retention, cancellationToken);

    public Task<IReadOnlyList<Change>> HistoryAsync(string? table, RecordKey? key, int limit, CancellationToken cancellationToken = default) =>
        inner.HistoryAsync(table, key, limit, cancellationToken);

    public Task<string?> ReadSettingAsync(string name, CancellationToken cancellationToken = default) => inner.ReadSettingAsync(name, cancellationToken);

    public Task<string> KeepSettingAsync(string name, string value, CancellationToken cancellationToken = default) => inner.KeepSettingAsync(name, value, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private Task<Change?>? Up() => IsDown ? Task.FromException<Change?>(new DatabaseUnavailableException("The line is cut.", new IOException())) : null;

    private async Task<T> ThroughAsync<T>(Func<Task<T>> write)
    {
        var cut = IsDown ? Cut.BeforeArrival : _cuts.TryDequeue(out var next) ? next : Cut.None;
        if (cut == Cut.BeforeArrival)
        {
            throw new DatabaseUnavailableException("The line is cut.", new IOException());
        }

        if (First is { } first)
        {
            First = null;
            await first();
        }

        var answer = await InLineAsync(write);
        Arrived++;
        if (Meanwhile is { } meanwhile)
        {
            Meanwhile = null;
            await meanwhile();
        }

        return cut switch
        {
            Cut.BeforeAnswer => throw new IOException("The line is cut."),
            Cut.Cancelled => throw new OperationCanceledException("The caller gave up."),
            _ => answer,
        };
    }

    private async Task<T> InLineAsync<T>(Func<Task<T>> write)
    {
        if (!Queues)
        {
            return await write();
        }

        await _line.WaitAsync();
        try
        {
            await Task.Yield();
            return await write();
        }
        finally
        {
            _line.Release();
        }
    }

    private sealed class FlakyTable(FlakyDatabase database, ITable table) : ITable, ITakesWrites
    {
        ITable ITakesWrites.Source => table;

        Task ITakesWrites.DrainAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void TakeIn(WriteResult.Written written) => database.TakenIn.Add(written.Stored.Key);

        public TableSchema Schema => table.Schema;

        public async ValueTask<Record?> GetAsync(RecordKey key, CancellationToken cancellationToken = default) =>
            database.IsDown ? throw new DatabaseUnavailableException("The line is cut.", new IOException()) : await table.GetAsync(key, cancellationToken);

        public ValueTask<IReadOnlyList<Record>> GetManyAsync(IReadOnlyCollection<RecordKey> keys, IReadOnlyList<string>? fields = null, CancellationToken cancellationToken = default) =>
            table.GetManyAsync(keys, fields, cancellationToken);

        public Task<Page> QueryAsync(Query query, CancellationToken cancellationToken = default) => table.QueryAsync(query, cancellationToken);

        public Task<long> CountAsync(Filter filter, CancellationToken cancellationToken = default) => table.CountAsync(filter, cancellationToken);

        public Task<ReadOnlyMemory<byte>?> ReadBlobAsync(RecordKey key, string field, CancellationToken cancellationToken = default) => table.ReadBlobAsync(key, field, cancellationToken);

        public Task<WriteResult> WriteAsync(Write write, CancellationToken cancellationToken = default) => database.ThroughAsync(() => table.WriteAsync(write, cancellationToken));

        public Task<BatchResult> WriteAllAsync(IReadOnlyList<Write> writes, CancellationToken cancellationToken = default) => database.ThroughAsync(() => table.WriteAllAsync(writes, cancellationToken));

        public IAsyncEnumerable<IReadOnlyList<Record>> ScanAsync(IReadOnlyList<string>? fields = null, CancellationToken cancellationToken = default) => table.ScanAsync(fields, cancellationToken);

        public Task<IReadOnlyList<Change>> HistoryAsync(RecordKey key, int limit = 100, CancellationToken cancellationToken = default) => table.HistoryAsync(key, limit, cancellationToken);

        public IChangeStream Follow(Cursor? after = null) => table.Follow(after);

        public IAsyncEnumerable<IReadOnlyList<Change>> ChangesAsync(Cursor? after = null, CancellationToken cancellationToken = default) => table.ChangesAsync(after, cancellationToken);
    }
}

/// <summary>Where the line is cut.</summary>
internal enum Cut
{
    None,
    BeforeArrival,
    BeforeAnswer,
    Cancelled,
}
