using Tandem.Changes;
using Tandem.Records;

namespace Tandem.Web.Tests.Hosting;

/// <summary>A feed that fails when it is asked for missed changes.</summary>
internal sealed class ShamFeed(IChangeFeed inner, Exception failure) : IChangeFeed
{
    public Cursor Current => inner.Current;

    public string Description => inner.Description;

    public IAsyncEnumerable<IReadOnlyList<Change>> ReadAsync(Cursor? after, CancellationToken cancellationToken) => inner.ReadAsync(after, cancellationToken);

    public Task<IReadOnlyList<Change>> MissedAsync(Cursor after, int limit, CancellationToken cancellationToken = default) => Task.FromException<IReadOnlyList<Change>>(failure);

    public IChangeStream Follow(string? table = null, Cursor? after = null) => inner.Follow(table, after);

    public IDisposable Watch(string table, IReadOnlyCollection<RecordKey>? keys) => inner.Watch(table, keys);

    public Task SettledAsync(CancellationToken cancellationToken = default) => inner.SettledAsync(cancellationToken);
}
