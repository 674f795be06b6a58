using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Live.Disk;

/// <summary>
/// Keeps a live table's records beyond the process, with the cursor they are as of. One table writes to a store at a time;
/// calls do not overlap. On disk it is <see cref="FileRecordStore"/>; another place is another implementation of these three.
/// </summary>
public interface IRecordStore : IAsyncDisposable
{
    /// <summary>Reads what was kept.</summary>
    /// <returns>The records and their cursor; null when nothing was kept, it was kept for another schema, or it cannot be trusted.</returns>
    Task<KeptRecords?> LoadAsync(TableSchema schema, CancellationToken cancellationToken = default);

    /// <summary>Keeps these records instead of whatever was kept.</summary>
    Task ReplaceAsync(TableSchema schema, Cursor cursor, IEnumerable<Record> records, CancellationToken cancellationToken = default);

    /// <summary>Keeps what changed, all or nothing: null for a record that is gone.</summary>
    /// <param name="cursor">The cursor the kept records are as of afterwards.</param>
    /// <param name="changed">The records that changed.</param>
    /// <param name="cancellationToken">Ends the writing; then nothing of this is kept.</param>
    Task ApplyAsync(Cursor cursor, IReadOnlyDictionary<RecordKey, Record?> changed, CancellationToken cancellationToken = default);
}

/// <summary>Records as a store kept them.</summary>
public sealed record KeptRecords(Cursor Cursor, IReadOnlyList<Record> Records);
