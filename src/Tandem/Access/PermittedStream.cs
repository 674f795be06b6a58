using Tandem.Changes;

namespace Tandem.Access;

/// <summary>A stream of what a user may hear.</summary>
internal sealed class PermittedStream(IChangeStream inner, PermittedChanges changes) : IChangeStream
{
    public Cursor Cursor => inner.Cursor;

    public async ValueTask<IReadOnlyList<Change>?> NextAsync(long until = long.MaxValue, CancellationToken cancellationToken = default)
    {
        while (await inner.NextAsync(until, cancellationToken).ConfigureAwait(false) is { } batch)
        {
            if (await changes.SeenAsync(batch, cancellationToken).ConfigureAwait(false) is { Count: > 0 } seen)
            {
                return seen;
            }
        }

        return null;
    }

    public Task<long> SyncAsync(CancellationToken cancellationToken = default) => inner.SyncAsync(cancellationToken);

    public Task PassedAsync(long position, CancellationToken cancellationToken = default) => inner.PassedAsync(position, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
