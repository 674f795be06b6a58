using Tandem.Records;

namespace Tandem.Changes;

/// <summary>A resumable stream of every committed change of a database, in commit order for each record. Safe from any thread.</summary>
public interface IChangeFeed
{
    /// <summary>Where the feed stands now: all changes up to here have been delivered to readers that keep up.</summary>
    Cursor Current { get; }

    /// <summary>How the feed hears of other programs' writes, as a sentence for people.</summary>
    string Description { get; }

    /// <summary>Reads changes after a cursor, then waits for more until cancelled. Batches are never empty.</summary>
    /// <param name="after">The cursor to go on from, or null for now.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="CursorExpiredException">The cursor is no longer kept, or not one of this feed.</exception>
    /// <remarks>The position is taken when this is called, so a read made afterwards misses nothing. A reader that falls behind catches up from the journal and delays nobody.</remarks>
    IAsyncEnumerable<IReadOnlyList<Change>> ReadAsync(Cursor? after, CancellationToken cancellationToken);

    /// <summary>Reads the changes after a cursor up to where the feed stands now, and does not wait for more.</summary>
    /// <param name="after">The cursor to go on from.</param>
    /// <param name="limit">How many at most; the newest are left out.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <exception cref="CursorExpiredException">The cursor is no longer kept, or not one of this feed.</exception>
    Task<IReadOnlyList<Change>> MissedAsync(Cursor after, int limit, CancellationToken cancellationToken = default);

    /// <summary>Changes after a cursor, of one table or of all, as a stream that can tell when it has caught up. The place is taken by this call.</summary>
    /// <param name="table">The table, or null for all.</param>
    /// <param name="after">The cursor to go on from, or null for now. One that is not kept is told by the first reading.</param>
    IChangeStream Follow(string? table = null, Cursor? after = null);

    /// <summary>Says that records are being looked at, so that other programs' writes to them are looked for where the source does not tell by itself.</summary>
    /// <param name="table">The table.</param>
    /// <param name="keys">The records, or null for the whole table.</param>
    /// <returns>Dispose it to stop watching.</returns>
    IDisposable Watch(string table, IReadOnlyCollection<RecordKey>? keys);

    /// <summary>Waits until everything watched so far has been looked at once: from then on another program's write to it is told as the change it is.</summary>
    /// <remarks>At once where the source tells by itself; else about as long as a poll takes. Gives up waiting, without a fault, after a few seconds.</remarks>
    Task SettledAsync(CancellationToken cancellationToken = default);
}
