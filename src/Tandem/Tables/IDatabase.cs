using Tandem.Changes;
using Tandem.Records;

namespace Tandem.Tables;

/// <summary>A set of tables with one journal and one feed. Safe from any thread.</summary>
public interface IDatabase : IAsyncDisposable
{
    /// <summary>A short name for people: the file's or database's.</summary>
    string Name { get; }

    /// <summary>What it is, for people: <c>SQLite 3.40.1</c>, <c>PostgreSQL 15.18</c>.</summary>
    string Product { get; }

    /// <summary>Whether nothing at all may be written.</summary>
    bool IsReadOnly { get; }

    /// <summary>The tables in the order people should see them, Tandem's own last. Replaced as a whole by <see cref="ReloadAsync"/>.</summary>
    IReadOnlyList<ITable> Tables { get; }

    /// <summary>A number that rises whenever <see cref="Tables"/> was replaced by a different set.</summary>
    int SchemaVersion { get; }

    /// <summary>The feed of every table.</summary>
    IChangeFeed Feed { get; }

    /// <summary>What was set up in the database at start, as sentences for people.</summary>
    IReadOnlyList<string> Notes { get; }

    /// <summary>The table of a name, or null. Names are compared exactly.</summary>
    ITable? Find(string table);

    /// <summary>One of Tandem's own tables by its short name (see <see cref="SystemTables"/>), or null when nothing may be written and so none was made.</summary>
    ITable? FindSystem(string name);

    /// <summary>Reads the schema again.</summary>
    Task ReloadAsync(CancellationToken cancellationToken = default);

    /// <summary>How many records a table has, without ever taking long.</summary>
    ValueTask<RecordCount> EstimateAsync(string table, CancellationToken cancellationToken = default);

    /// <summary>Writes records of several tables, all or none, in one transaction and a few statements.</summary>
    /// <param name="writes">At most 10,000 writes. An insert with a temporary key may be referred to by any other write of the batch.</param>
    /// <param name="cancellationToken">Ends the wait; the outcome is then unknown unless each write has an id.</param>
    /// <exception cref="ArgumentException">A write names a table that is not there, or a temporary key that no insert brings.</exception>
    Task<BatchResult> WriteAllAsync(IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken = default);

    /// <summary>
    /// Does the writes as <see cref="WriteAllAsync"/> would, in a transaction that is always taken back: unique keys, checks, references
    /// (deferred ones too) and triggers speak, and nothing is stored, journalled or told. Numbers that the database gives may be used up.
    /// </summary>
    /// <param name="writes">At most 10,000 writes; the check ends early where it would keep other writes waiting.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Never committed. For each write what would have become of it, as far as the database tells: a <see cref="WriteResult.Written"/> has the record as it would be stored, and no change.</returns>
    /// <exception cref="ArgumentException">As for <see cref="WriteAllAsync"/>.</exception>
    Task<BatchResult> TryAllAsync(IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken = default);

    /// <summary>The changes that were made as part of an operation, newest first.</summary>
    /// <param name="operation">The operation's text (<see cref="WriteContext.Operation"/>), compared exactly.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    Task<IReadOnlyList<Change>> OperationAsync(string operation, int limit, CancellationToken cancellationToken = default);

    /// <summary>Finds the change that a write made, by the write's id.</summary>
    /// <returns>The change; null when no committed write had that id, or its entry was trimmed.</returns>
    Task<Change?> FindWriteAsync(Guid id, CancellationToken cancellationToken = default);

    /// <summary>Removes old entries of the journal. Cursors older than what is left are told so.</summary>
    /// <returns>How many entries were removed.</returns>
    Task<long> TrimJournalAsync(JournalRetention retention, CancellationToken cancellationToken = default);

    /// <summary>The newest changes first: of one record, of one table, or of all.</summary>
    /// <param name="table">The table, or null for all.</param>
    /// <param name="key">The record, or null for all of the table.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    Task<IReadOnlyList<Change>> HistoryAsync(string? table, RecordKey? key, int limit, CancellationToken cancellationToken = default);

    /// <summary>Reads a value that Tandem keeps for itself, such as a signing key.</summary>
    Task<string?> ReadSettingAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Keeps a value unless one is there already.</summary>
    /// <returns>The value that is kept now: this one, or the one that was first.</returns>
    Task<string> KeepSettingAsync(string name, string value, CancellationToken cancellationToken = default);
}

/// <summary>How many records there are.</summary>
/// <param name="Value">The number.</param>
/// <param name="IsExact">Whether it was counted, not estimated.</param>
public readonly record struct RecordCount(long Value, bool IsExact);

/// <summary>The database cannot be reached or does not answer. Carries a sentence for people; the cause is for the log.</summary>
public sealed class DatabaseUnavailableException(string message, Exception cause) : TandemException(message, cause);
