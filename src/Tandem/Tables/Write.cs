using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;

namespace Tandem.Tables;

/// <summary>One write to one record. Immutable.</summary>
/// <param name="By">Who writes, and as part of what.</param>
public abstract record Write(WriteContext By)
{
    /// <summary>
    /// Names this write, so that sending it twice does it once: the second time answers with what the first did. Also tells
    /// later whether it happened at all (<see cref="IDatabase.FindWriteAsync"/>). Default: null, for a write that is not remembered.
    /// </summary>
    public Guid? Id { get; init; }

    /// <summary>A lease under which the write happens; when it is no longer held, nothing is written. Default: null, for none.</summary>
    public Fence? Fence { get; init; }

    /// <summary>Which records the writer may do this to. Default: null, for any.</summary>
    public Permit? Permit { get; init; }

    /// <summary>Adds a record. Fields left out take their default.</summary>
    public sealed record Insert(Patch Values, WriteContext By) : Write(By)
    {
        /// <summary>Stands for the key that the source will number, so that later writes of the same batch can refer to this record. Default: null.</summary>
        public TemporaryKey? Temporary { get; init; }
    }

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

    /// <summary>The version token the record must still have (<see cref="Record.Version"/>), or null for none. Default: null.</summary>
    public string? Version { get; init; }
}

/// <summary>Which records a write may happen to. It is checked inside the write itself, so that a record that changes hands at the same moment is not written.</summary>
/// <param name="Before">The record as it is must be one of these; else it is answered as missing. Not asked of inserts.</param>
/// <param name="After">The record as it would be stored must be one of these; else the write is rejected. Not asked of deletes, nor when the write cannot change any of the fields it goes by.</param>
/// <param name="Refusal">What is told when it is rejected, as a sentence with the remedy.</param>
public sealed record Permit(Filter Before, Filter After, string Refusal);

/// <summary>A lease as a write carries it: the write happens only while this token is the resource's current one.</summary>
/// <param name="Resource">What is leased.</param>
/// <param name="Token">The lease's fencing token.</param>
public sealed record Fence(string Resource, long Token);

/// <summary>What became of a write.</summary>
public abstract record WriteResult
{
    private WriteResult()
    {
    }

    /// <summary>The write is committed.</summary>
    /// <param name="Stored">The record as the source holds it now; for a delete, as it held it last.</param>
    /// <param name="Change">The journalled change, or null when nothing differed and so nothing was written.</param>
    public sealed record Written(Record Stored, Change? Change) : WriteResult
    {
        /// <summary>Whether the write was done before, under the same id, and this only tells of it: then others may have written since, and <see cref="Stored"/> is newer than <see cref="Change"/>. Default: false.</summary>
        public bool IsRepeated { get; init; }
    }

    /// <summary>The guard did not hold; nothing was written.</summary>
    /// <param name="Current">The record as it is.</param>
    /// <param name="Fields">The guarded fields that differ; empty when only the version token does.</param>
    public sealed record Conflicted(Record Current, IReadOnlyList<string> Fields) : WriteResult;

    /// <summary>There is no record of that key; nothing was written.</summary>
    public sealed record Missing : WriteResult;

    /// <summary>The rules refuse the values; nothing was written.</summary>
    public sealed record Rejected(IReadOnlyList<FieldError> Errors) : WriteResult;

    /// <summary>The lease the write was to happen under is not held any more; nothing was written.</summary>
    public sealed record Fenced(string Resource) : WriteResult;
}
