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

    /// <summary>Reads the content of a binary field.</summary>
    /// <returns>The content, or null when the record or its value is not there.</returns>
    Task<ReadOnlyMemory<byte>?> ReadBlobAsync(RecordKey key, string field, CancellationToken cancellationToken = default);

    /// <summary>Writes one record and its journal entry, in one transaction.</summary>
    Task<WriteResult> WriteAsync(Write write, CancellationToken cancellationToken = default);

    /// <summary>The table's changes, as <see cref="IChangeFeed.ReadAsync"/> gives them.</summary>
    IAsyncEnumerable<IReadOnlyList<Change>> ChangesAsync(Cursor? after = null, CancellationToken cancellationToken = default);
}
