using Tandem.Records;

namespace Tandem.Editing;

/// <summary>What became of a unit of work.</summary>
/// <param name="IsSaved">Whether all of it is stored; otherwise nothing is, or <see cref="Failure"/> says that it is not known.</param>
/// <param name="Entries">One for each edit, in the order they were added, then one for each deletion.</param>
public sealed record UnitOfWorkResult(bool IsSaved, IReadOnlyList<UnitOfWorkEntry> Entries)
{
    /// <summary>Every conflict of every record.</summary>
    public IReadOnlyList<UnitConflict> Conflicts => [.. Entries.SelectMany(e => e.Result is SaveResult.Conflicted conflicted
        ? conflicted.Conflicts.Select(c => new UnitConflict(e.Table, e.Key, c))
        : [])];

    /// <summary>Everything that the rules refused.</summary>
    public IReadOnlyList<UnitError> Errors => [.. Entries.SelectMany(e => e.Result is SaveResult.Rejected rejected
        ? rejected.Errors.Select(r => new UnitError(e.Table, e.Key, r))
        : [])];

    /// <summary>Why it could not be saved at all: the source cannot be reached, a lease is lost; null otherwise.</summary>
    public SaveResult.Failed? Failure => Entries.Select(e => e.Result).OfType<SaveResult.Failed>().FirstOrDefault();
}

/// <summary>What became of one edit or deletion of a unit of work.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="Key">The record's key: the real one where a new record was stored.</param>
/// <param name="Result">As of an edit saved by itself; null where nothing stood against it, but it was not stored because of others. <see cref="SaveResult.Saved"/> of a deletion brings the record as it was.</param>
public sealed record UnitOfWorkEntry(string Table, RecordKey Key, SaveResult? Result);

/// <summary>A conflict and the record it is in.</summary>
public sealed record UnitConflict(string Table, RecordKey Key, Conflict Conflict);

/// <summary>A refused value and the record it is in.</summary>
public sealed record UnitError(string Table, RecordKey Key, FieldError Error);
