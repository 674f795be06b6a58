using Tandem.Changes;
using Tandem.Records;
using Tandem.Simulator.Scheduling;
using Tandem.Tables;

namespace Tandem.Simulator.Network;

/// <summary>The source as a node has it.</summary>
internal sealed class RemoteDatabase : IDatabase
{
    private readonly Link _link;
    private readonly Source _source;
    private readonly RemoteFeed _feed;

    public RemoteDatabase(Link link, Source source, Schedule schedule, TimeProvider clock)
    {
        (_link, _source) = (link, source);
        _feed = new RemoteFeed(link, source, schedule, clock);
        _feed.Start();
        Tables = [.. source.Tables.Select(t => new RemoteTable(link, source, _feed, t))];
    }

    public string Name => "remote";

    public string Product => "memory";

    public bool IsReadOnly => false;

    public IReadOnlyList<ITable> Tables { get; }

    public int SchemaVersion => 1;

    public IChangeFeed Feed => _feed;

    public IReadOnlyList<string> Notes => [];

    public void Wake() => _feed.Wake();

    public ITable? Find(string table) => Tables.FirstOrDefault(t => t.Schema.Name == table);

    public ITable? FindSystem(string name) => null;

    public Task ReloadAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public async ValueTask<RecordCount> EstimateAsync(string table, CancellationToken cancellationToken = default) =>
        new(await Find(table)!.CountAsync(Querying.Filter.All, cancellationToken), true);

    public Task<BatchResult> WriteAllAsync(IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken = default) =>
        _source.WriteAsync(_link, writes, cancellationToken);

    public Task<BatchResult> TryAllAsync(IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken = default) =>
        _link.CallAsync("try writes", () => _source.Database.TryAllAsync(writes, default), cancellationToken);

    public Task<IReadOnlyList<Change>> OperationAsync(string operation, int limit, CancellationToken cancellationToken = default) =>
        _link.CallAsync("an operation", () => _source.Database.OperationAsync(operation, limit, default), cancellationToken);

    public Task<Change?> FindWriteAsync(Guid id, CancellationToken cancellationToken = default) =>
        _link.CallAsync("find a write", () => _source.Database.FindWriteAsync(id, default), cancellationToken);

    public Task<long> TrimJournalAsync(JournalRetention retention, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Only the world trims the journal.");

    public Task<IReadOnlyList<Change>> HistoryAsync(string? table, RecordKey? key, int limit, CancellationToken cancellationToken = default) =>
        _link.CallAsync("history", () => _source.Database.HistoryAsync(table, key, limit, default), cancellationToken);

    public Task<string?> ReadSettingAsync(string name, CancellationToken cancellationToken = default) => _source.Database.ReadSettingAsync(name, cancellationToken);

    public Task<string> KeepSettingAsync(string name, string value, CancellationToken cancellationToken = default) => _source.Database.KeepSettingAsync(name, value, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
