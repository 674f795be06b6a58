using System.Runtime.CompilerServices;
using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Simulator.Network;

/// <summary>A table of the source as a node has it: every call goes there and back.</summary>
internal sealed class RemoteTable(Link link, Source source, RemoteFeed feed, ITable table) : ITable
{
    private string Name => table.Schema.Name;

    public TableSchema Schema => table.Schema;

    public async ValueTask<Record?> GetAsync(RecordKey key, CancellationToken cancellationToken = default) =>
        await link.CallAsync($"get {Name} {key}", async () => await table.GetAsync(key, default), cancellationToken);

    public async ValueTask<IReadOnlyList<Record>> GetManyAsync(IReadOnlyCollection<RecordKey> keys, IReadOnlyList<string>? fields = null, CancellationToken cancellationToken = default) =>
        await link.CallAsync($"get {Name} {string.Join(' ', keys)}", async () => await table.GetManyAsync(keys, fields, default), cancellationToken);

    public Task<Page> QueryAsync(Query query, CancellationToken cancellationToken = default) =>
        link.CallAsync($"query {Name}", () => table.QueryAsync(query, default), cancellationToken);

    public Task<long> CountAsync(Filter filter, CancellationToken cancellationToken = default) =>
        link.CallAsync($"count {Name}", () => table.CountAsync(filter, default), cancellationToken);

    public Task<ReadOnlyMemory<byte>?> ReadBlobAsync(RecordKey key, string field, CancellationToken cancellationToken = default) =>
        link.CallAsync($"blob {Name} {key}", () => table.ReadBlobAsync(key, field, default), cancellationToken);

    public async Task<WriteResult> WriteAsync(Write write, CancellationToken cancellationToken = default) =>
        (await WriteAllAsync([write], cancellationToken)).Results[0];

    public Task<BatchResult> WriteAllAsync(IReadOnlyList<Write> writes, CancellationToken cancellationToken = default) =>
        source.WriteAsync(link, [.. writes.Select(w => new TableWrite(Name, w))], cancellationToken);

    public async IAsyncEnumerable<IReadOnlyList<Record>> ScanAsync(IReadOnlyList<string>? fields = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var all = await link.CallAsync(
            $"scan {Name}",
            async () =>
            {
                List<IReadOnlyList<Record>> batches = [];
                await foreach (var batch in table.ScanAsync(fields, default))
                {
                    batches.Add(batch);
                }

                return batches;
            },
            cancellationToken);
        foreach (var batch in all)
        {
            yield return batch;
        }
    }

    public Task<IReadOnlyList<Change>> HistoryAsync(RecordKey key, int limit = 100, CancellationToken cancellationToken = default) =>
        link.CallAsync($"history {Name} {key}", () => table.HistoryAsync(key, limit, default), cancellationToken);

    public IChangeStream Follow(Cursor? after = null) => feed.Follow(Name, after);

    public IAsyncEnumerable<IReadOnlyList<Change>> ChangesAsync(Cursor? after = null, CancellationToken cancellationToken = default) =>
        feed.ReadAsync(after, cancellationToken);
}
