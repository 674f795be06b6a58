using Tandem.Changes;

namespace Tandem.Simulator.Network;

/// <summary>A stream of changes that ends with the connection it came over.</summary>
internal sealed class RemoteStream(IChangeStream inner, CancellationToken broken) : IChangeStream
{
    public Cursor Cursor => inner.Cursor;

    public ValueTask<IReadOnlyList<Change>?> NextAsync(long until = long.MaxValue, CancellationToken cancellationToken = default) =>
        new(WhileWholeAsync(async token => await inner.NextAsync(until, token), cancellationToken));

    public Task<long> SyncAsync(CancellationToken cancellationToken = default) => WhileWholeAsync(inner.SyncAsync, cancellationToken);

    public Task PassedAsync(long position, CancellationToken cancellationToken = default) => WhileWholeAsync(
        async token =>
        {
            await inner.PassedAsync(position, token);
            return true;
        },
        cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task<T> WhileWholeAsync<T>(Func<CancellationToken, Task<T>> act, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, broken);
        try
        {
            return await act(both.Token);
        }
        catch (OperationCanceledException) when (broken.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException("The stream of changes broke.");
        }
    }
}
