using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Record = Tandem.Records.Record;

namespace Tandem.Web.Tests.Hosting;

/// <summary>A database in memory that may be told to refuse writes or to fail.</summary>
internal sealed class ShamDatabase(MemoryDatabase inner) : IDatabase
{
    /// <summary>What every read of a table ends in, when set.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Runs before every read of a table.</summary>
    public Action? OnRead { get; set; }

    /// <summary>Runs whenever a table is looked for.</summary>
    public Action? OnFind { get; set; }

    public bool IsDisposed { get; private set; }

    public string Name => inner.Name;

    public string Product => inner.Product;

    public bool IsReadOnly { get; init; }

    /// <summary>Whether a database that may only be read holds Tandem's own tables from before.</summary>
    public bool HasSystemTables { get; init; }

    public IReadOnlyList<ITable> Tables => [.. inner.Tables.Select(t => new ShamTable(this, t))];

    public int SchemaVersion => inner.SchemaVersion;

    public IChangeFeed Feed => MissedFailure is null ? inner.Feed : new ShamFeed(inner.Feed, MissedFailure);

    /// <summary>What reading missed changes ends in, when set.</summary>
    public Exception? MissedFailure { get; set; }

    public IReadOnlyList<string> Notes => inner.Notes;

    public ITable? Find(string table)
    {
        OnFind?.Invoke();
        return inner.Find(table) is { } found ? new ShamTable(this, found) : null;
    }

    public ITable? FindSystem(string name) => IsReadOnly && !HasSystemTables ? null : inner.FindSystem(name);

    public Task ReloadAsync(CancellationToken cancellationToken = default) => inner.ReloadAsync(cancellationToken);

    public ValueTask<RecordCount> EstimateAsync(string table, CancellationToken cancellationToken = default) => inner.EstimateAsync(table, cancellationToken);

    public Task<IReadOnlyList<Change>> HistoryAsync(string? table, RecordKey? key, int limit, CancellationToken cancellationToken = default) =>
        inner.HistoryAsync(table, key, limit, cancellationToken);

    public Task<string?> ReadSettingAsync(string name, CancellationToken cancellationToken = default) => inner.ReadSettingAsync(name, cancellationToken);

    public Task<string> KeepSettingAsync(string name, string value, CancellationToken cancellationToken = default) =>
        IsReadOnly ? throw new InvalidOperationException("Nothing may be written.") : inner.KeepSettingAsync(name, value, cancellationToken);

    public Task<BatchResult> WriteAllAsync(IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken = default) =>
        IsReadOnly ? throw new InvalidOperationException("Nothing may be written.") : inner.WriteAllAsync(writes, cancellationToken);

    public Task<BatchResult> TryAllAsync(IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken = default) => inner.TryAllAsync(writes, cancellationToken);

    public Task<IReadOnlyList<Change>> OperationAsync(string operation, int limit, CancellationToken cancellationToken = default) => inner.OperationAsync(operation, limit, cancellationToken);

    public Task<Change?> FindWriteAsync(Guid id, CancellationToken cancellationToken = default) => inner.FindWriteAsync(id, cancellationToken);

    public Task<long> TrimJournalAsync(JournalRetention retention, CancellationToken cancellationToken = default) => inner.TrimJournalAsync(retention, cancellationToken);

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return inner.DisposeAsync();
    }

    private sealed class ShamTable(ShamDatabase database, ITable inner) : ITable
    {
        public TableSchema Schema => inner.Schema;

        public ValueTask<Record?> GetAsync(RecordKey key, CancellationToken cancellationToken = default) => inner.GetAsync(key, cancellationToken);

        public ValueTask<IReadOnlyList<Record>> GetManyAsync(IReadOnlyCollection<RecordKey> keys, IReadOnlyList<string>? fields = null, CancellationToken cancellationToken = default) =>
            inner.GetManyAsync(keys, fields, cancellationToken);

        public Task<Page> QueryAsync(Query query, CancellationToken cancellationToken = default)
        {
            database.OnRead?.Invoke();
            return database.Failure is { } failure ? Task.FromException<Page>(failure) : inner.QueryAsync(query, cancellationToken);
        }

        public Task<long> CountAsync(Filter filter, CancellationToken cancellationToken = default) => inner.CountAsync(filter, cancellationToken);

        public Task<ReadOnlyMemory<byte>?> ReadBlobAsync(RecordKey key, string field, CancellationToken cancellationToken = default) => inner.ReadBlobAsync(key, field, cancellationToken);

        public Task<WriteResult> WriteAsync(Write write, CancellationToken cancellationToken = default) =>
            database.IsReadOnly ? throw new InvalidOperationException("Nothing may be written.") : inner.WriteAsync(write, cancellationToken);

        public Task<BatchResult> WriteAllAsync(IReadOnlyList<Write> writes, CancellationToken cancellationToken = default) =>
            database.IsReadOnly ? throw new InvalidOperationException("Nothing may be written.") : inner.WriteAllAsync(writes, cancellationToken);

        public IAsyncEnumerable<IReadOnlyList<Record>> ScanAsync(IReadOnlyList<string>? fields = null, CancellationToken cancellationToken = default) => inner.ScanAsync(fields, cancellationToken);

        public Task<IReadOnlyList<Change>> HistoryAsync(RecordKey key, int limit = 100, CancellationToken cancellationToken = default) => inner.HistoryAsync(key, limit, cancellationToken);

        public IChangeStream Follow(Cursor? after = null) => inner.Follow(after);

        public IAsyncEnumerable<IReadOnlyList<Change>> ChangesAsync(Cursor? after = null, CancellationToken cancellationToken = default) => inner.ChangesAsync(after, cancellationToken);
    }
}
