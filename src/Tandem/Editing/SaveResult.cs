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

    /// <summary>What the write itself stored, where it was done before and others may have written since; else null.</summary>
    internal Patch? Made { get; init; }

    /// <summary>Stored as sent, or there was nothing to store.</summary>
    public sealed record Saved(Record Stored) : SaveResult;

    /// <summary>A new record is stored under this key.</summary>
    public sealed record Created(RecordKey Key, Record Stored) : SaveResult;

    /// <summary>Stored, but the source keeps other values than were sent for some fields.</summary>
    public sealed record PartlySaved(Record Stored, IReadOnlyList<StoredDifference> Fields) : SaveResult;

    /// <summary>Somebody changed the same fields to other values; nothing was stored.</summary>
    public sealed record Conflicted(IReadOnlyList<Conflict> Conflicts) : SaveResult;

    /// <summary>The record is gone; nothing was stored.</summary>
    public sealed record Gone : SaveResult;

    /// <summary>The rules refuse some values; nothing was stored.</summary>
    public sealed record Rejected(IReadOnlyList<FieldError> Errors) : SaveResult;

    /// <summary>The save could not be made.</summary>
    /// <param name="Cause">Why: the source cannot be reached, or a <see cref="Leases.LeaseLostException"/>.</param>
    /// <param name="IsOutcomeUnknown">Whether the source may have stored it all the same. An edit finds out with its next save; nobody else should save blindly again.</param>
    public sealed record Failed(Exception Cause, bool IsOutcomeUnknown) : SaveResult;
}

/// <summary>A field that the source keeps with another value than was sent: a trigger or its type changed it.</summary>
public sealed record StoredDifference(string Field, object? Sent, object? Stored);
