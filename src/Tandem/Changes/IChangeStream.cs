namespace Tandem.Changes;

/// <summary>
/// Changes from a place on, and the means to know how far they reach. <see cref="NextAsync"/> is for one reader at a time;
/// the other members may be called beside it from any thread.
/// </summary>
public interface IChangeStream : IAsyncDisposable
{
    /// <summary>Where the feed stands after what was given last.</summary>
    Cursor Cursor { get; }

    /// <summary>Waits for the next batch of changes. Batches are never empty.</summary>
    /// <param name="until">A position from <see cref="SyncAsync"/> to go no further than. Default: no end.</param>
    /// <param name="cancellationToken">Ends the wait; the stream can be read on afterwards.</param>
    /// <returns>The changes, or null when the position is reached.</returns>
    /// <exception cref="CursorExpiredException">What comes next is no longer kept. Read the table again and follow from there.</exception>
    ValueTask<IReadOnlyList<Change>?> NextAsync(long until = long.MaxValue, CancellationToken cancellationToken = default);

    /// <summary>Makes sure that the feed has everything committed before this call.</summary>
    /// <returns>The position behind the last of it.</returns>
    Task<long> SyncAsync(CancellationToken cancellationToken = default);

    /// <summary>Waits until the reader was given everything up to a position and came back for more (without a limit), which says that it is done with it.</summary>
    Task PassedAsync(long position, CancellationToken cancellationToken = default);
}
