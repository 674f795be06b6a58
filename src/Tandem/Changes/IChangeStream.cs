namespace Tandem.Changes;

/// <summary>
/// Changes from a place on, and the means to know how far they reach: after <see cref="SyncAsync"/> gave a position and
/// <see cref="NextAsync"/> reached it, everything that was committed before the call has been given. For one reader at a time,
/// except that <see cref="SyncAsync"/> may run beside <see cref="NextAsync"/>.
/// </summary>
public interface IChangeStream : IAsyncDisposable
{
    /// <summary>Where the feed stands after what was given last.</summary>
    Cursor Cursor { get; }

    /// <summary>Waits for the next batch of changes. Batches are never empty.</summary>
    /// <param name="until">A position from <see cref="SyncAsync"/> to go no further than. Default: no end.</param>
    /// <param name="cancellationToken">Ends the wait; the stream can be read on afterwards.</param>
    /// <returns>The changes, or null when the position is reached.</returns>
    ValueTask<IReadOnlyList<Change>?> NextAsync(long until = long.MaxValue, CancellationToken cancellationToken = default);

    /// <summary>Makes sure that the feed has everything committed before this call.</summary>
    /// <returns>The position behind the last of it.</returns>
    Task<long> SyncAsync(CancellationToken cancellationToken = default);
}
