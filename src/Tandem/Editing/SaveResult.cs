using Tandem.Records;

namespace Tandem.Editing;

/// <summary>What became of a save. A save that did not succeed keeps the draft.</summary>
public abstract record SaveResult
{
    private SaveResult()
    {
    }

    /// <summary>The journal number that the stored record is as of; zero when nothing was written.</summary>
    internal long Sequence { get; init; }

    /// <summary>Stored as sent, or there was nothing to store.</summary>
    public sealed record Saved(Record Stored) : SaveResult;

    /// <summary>A new record is stored under this key.</summary>
    public sealed record Created(RecordKey Key, Record Stored) : SaveResult;

    /// <summary>Stored, but the source keeps other values than were sent for some fields.</summary>
    public sealed record PartlySaved(Record Stored, IReadOnlyList<string> Fields) : SaveResult;

    /// <summary>Somebody changed the same fields to other values; nothing was stored.</summary>
    public sealed record Conflicted(IReadOnlyList<Conflict> Conflicts) : SaveResult;

    /// <summary>The record is gone; nothing was stored.</summary>
    public sealed record Gone : SaveResult;

    /// <summary>The rules refuse some values; nothing was stored.</summary>
    public sealed record Rejected(IReadOnlyList<FieldError> Errors) : SaveResult;
}
