using Tandem.Records;

namespace Tandem.Changes;

/// <summary>What a change did to a record.</summary>
public enum ChangeKind
{
    /// <summary>The record was added.</summary>
    Insert,

    /// <summary>Fields of the record changed.</summary>
    Update,

    /// <summary>The record is gone.</summary>
    Delete,

    /// <summary>More changed in the table than can be listed (it was emptied, or a gap could not be filled): read again what is shown. The key has no values.</summary>
    Reset,
}

/// <summary>One committed fact. Immutable.</summary>
/// <param name="Cursor">Where a reader of the feed stands after this change.</param>
/// <param name="Sequence">The change's number in the journal; unique, and rising for each record.</param>
/// <param name="At">When it was written.</param>
/// <param name="Actor">Who wrote it; <see cref="Actors.Elsewhere"/> when another program did.</param>
/// <param name="Operation">The operation it was part of, or null.</param>
/// <param name="Table">The table's name.</param>
/// <param name="Key">The record's key.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Before">Changed fields and their values before: every field of a deleted record, none of an inserted one, and none where the source did not tell.</param>
/// <param name="After">Changed fields and their values after: every field of an inserted record, none of a deleted one.</param>
public sealed record Change(
    Cursor Cursor,
    long Sequence,
    DateTimeOffset At,
    string Actor,
    string? Operation,
    string Table,
    RecordKey Key,
    ChangeKind Kind,
    Patch Before,
    Patch After)
{
    /// <summary>The id of the write that made it (<see cref="Tables.Write.Id"/>), or null when it had none.</summary>
    public Guid? WriteId { get; init; }

    /// <summary>Whether the change is known to have changed a field. Another program's change carries the whole record after, and before only what differed as far as the journal knew.</summary>
    public bool Touches(string field) => After.ContainsKey(field) && (Before.IsEmpty || Before.ContainsKey(field));
}

/// <summary>Names of actors that are not people.</summary>
public static class Actors
{
    /// <summary>A program that wrote to the database without Tandem.</summary>
    public const string Elsewhere = "another program";

    /// <summary>The passing of time, which makes records active or inactive.</summary>
    public const string Time = "time";
}
