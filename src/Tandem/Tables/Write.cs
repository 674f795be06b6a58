using Tandem.Changes;
using Tandem.Records;

namespace Tandem.Tables;

/// <summary>One write to one record. Immutable.</summary>
/// <param name="By">Who writes, and as part of what.</param>
public abstract record Write(WriteContext By)
{
    /// <summary>Adds a record. Fields left out take their default.</summary>
    public sealed record Insert(Patch Values, WriteContext By) : Write(By);

    /// <summary>Changes fields of a record, provided the guard holds.</summary>
    public sealed record Update(RecordKey Key, Patch Set, Guard Guard, WriteContext By) : Write(By);

    /// <summary>Removes a record, provided the guard holds.</summary>
    public sealed record Delete(RecordKey Key, Guard Guard, WriteContext By) : Write(By);
}

/// <summary>Who writes, and as part of what.</summary>
/// <param name="Actor">The name the journal keeps.</param>
/// <param name="Operation">The operation this write is part of, or null.</param>
public sealed record WriteContext(string Actor, string? Operation = null);

/// <summary>What must still hold for a write to happen. It is checked inside the write itself, never by reading first.</summary>
/// <param name="Base">Fields and the values the writer started from; empty for no guard.</param>
public sealed record Guard(Patch Base)
{
    /// <summary>The write happens whatever the record holds.</summary>
    public static Guard None { get; } = new(Patch.Empty);

    /// <summary>Whether a field that already holds the new value passes too: both sides want the same. Default: true.</summary>
    public bool AllowSettled { get; init; } = true;
}

/// <summary>What became of a write.</summary>
public abstract record WriteResult
{
    private WriteResult()
    {
    }

    /// <summary>The write is committed.</summary>
    /// <param name="Stored">The record as the source holds it now; for a delete, as it held it last.</param>
    /// <param name="Change">The journalled change, or null when nothing differed and so nothing was written.</param>
    public sealed record Written(Record Stored, Change? Change) : WriteResult;

    /// <summary>The guard did not hold; nothing was written.</summary>
    /// <param name="Current">The record as it is.</param>
    /// <param name="Fields">The guarded fields that differ.</param>
    public sealed record Conflicted(Record Current, IReadOnlyList<string> Fields) : WriteResult;

    /// <summary>There is no record of that key; nothing was written.</summary>
    public sealed record Missing : WriteResult;

    /// <summary>The rules refuse the values; nothing was written.</summary>
    public sealed record Rejected(IReadOnlyList<FieldError> Errors) : WriteResult;
}
