using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Tables;

/// <summary>A keyed collection of records: a database table, a live table over it, a table in memory. They all look the same, so they stack. Safe from any thread.</summary>
public interface ITable
{
    /// <summary>Names, types, key and rules.</summary>
    TableSchema Schema { get; }

    /// <summary>Reads one record.</summary>
    /// <returns>The record, or null when there is none of that key.</returns>
    ValueTask<Record?> GetAsync(RecordKey key, CancellationToken cancellationToken = default);

    /// <summary>Reads several records at once; keys without a record are left out. The order is not that of the keys.</summary>
    /// <param name="keys">At most 1,000 keys.</param>
    /// <param name="fields">The fields to bring, or null for all.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    ValueTask<IReadOnlyList<Record>> GetManyAsync(IReadOnlyCollection<RecordKey> keys, IReadOnlyList<string>? fields = null, CancellationToken cancellationToken = default);

    /// <summary>Reads one page of records. Blobs come without digest.</summary>
    /// <exception cref="QueryException">The query names an unknown field or carries a cursor of another query.</exception>
    Task<Page> QueryAsync(Query query, CancellationToken cancellationToken = default);

    /// <summary>Counts the records of a filter, exactly.</summary>
    Task<long> CountAsync(Filter filter, CancellationToken cancellationToken = default);

    /// <summary>Counts and adds up the records of a filter by groups. Where the source cannot, every record is read once; what is held is one entry per group.</summary>
    /// <exception cref="QueryException">The query names an unknown field, groups by content, or adds up what are no numbers.</exception>
    Task<Groups> GroupAsync(GroupQuery query, CancellationToken cancellationToken = default) => MemoryGroups.RunAsync(this, query, cancellationToken);

    /// <summary>Reads the content of a binary field.</summary>
    /// <returns>The content, or null when the record or its value is not there.</returns>
    Task<ReadOnlyMemory<byte>?> ReadBlobAsync(RecordKey key, string field, CancellationToken cancellationToken = default);

    /// <summary>Writes one record and its journal entry, in one transaction.</summary>
    /// <param name="write">The write. With an id it may be sent again when the connection is lost; without one the outcome is then unknown.</param>
    /// <param name="cancellationToken">Ends the wait; the outcome is then unknown unless the write has an id.</param>
    Task<WriteResult> WriteAsync(Write write, CancellationToken cancellationToken = default);

    /// <summary>Writes several records, all or none, in one transaction and a few statements.</summary>
    /// <param name="writes">At most 10,000 writes.</param>
    /// <param name="cancellationToken">Ends the wait; the outcome is then unknown unless each write has an id.</param>
    Task<BatchResult> WriteAllAsync(IReadOnlyList<Write> writes, CancellationToken cancellationToken = default);

    /// <summary>Reads every record once, in batches and in no order, as of one moment.</summary>
    /// <param name="fields">The fields to bring, or null for all; the key's fields always come. Blobs come without digest.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    IAsyncEnumerable<IReadOnlyList<Record>> ScanAsync(IReadOnlyList<string>? fields = null, CancellationToken cancellationToken = default);

    /// <summary>A record's changes, the newest first, from the journal.</summary>
    /// <param name="key">The record.</param>
    /// <param name="limit">How many at most. Default: 100.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    Task<IReadOnlyList<Change>> HistoryAsync(RecordKey key, int limit = 100, CancellationToken cancellationToken = default);

    /// <summary>The table's changes after a cursor, as a stream that can tell when it has caught up with the source. The place is taken by this call.</summary>
    /// <param name="after">The cursor to go on from, or null for now. One that is not kept is told by the first reading.</param>
    IChangeStream Follow(Cursor? after = null);

    /// <summary>The table's changes, as <see cref="IChangeFeed.ReadAsync"/> gives them.</summary>
    IAsyncEnumerable<IReadOnlyList<Change>> ChangesAsync(Cursor? after = null, CancellationToken cancellationToken = default);
}
