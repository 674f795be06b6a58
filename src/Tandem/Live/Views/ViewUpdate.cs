using Tandem.Changes;
using Tandem.Records;

namespace Tandem.Live.Views;

/// <summary>What a subscriber of a standing query is told. Immutable.</summary>
/// <param name="Cursor">The place in the changes that the rows are as of after this.</param>
/// <param name="Count">How many records the filter has in all, where counts were asked for; null while they are being counted again.</param>
public abstract record ViewUpdate(Cursor Cursor, long? Count)
{
    /// <summary>All rows. The first update, and again whenever the subscriber fell too far behind.</summary>
    public sealed record Snapshot(Cursor Cursor, IReadOnlyList<ViewRow> Rows, long? Count) : ViewUpdate(Cursor, Count);

    /// <summary>What changed since the update before. The changes are to be applied in their order, each to the rows as the one before left them.</summary>
    public sealed record Changed(Cursor Cursor, IReadOnlyList<ViewChange> Changes, long? Count) : ViewUpdate(Cursor, Count);
}

/// <summary>A row of a standing query.</summary>
/// <param name="Record">The record, with the fields asked for and the key's.</param>
/// <param name="Labels">For each reference field whose label was asked for, what people call the record it refers to; null when it refers to none.</param>
public sealed record ViewRow(Record Record, IReadOnlyDictionary<string, string?> Labels);

/// <summary>One change of the rows of a standing query.</summary>
public abstract record ViewChange
{
    private ViewChange()
    {
    }

    /// <summary>A row came in at an index: the record was added, began to match, or moved into the limit.</summary>
    public sealed record Inserted(int Index, ViewRow Row) : ViewChange;

    /// <summary>A row changed in place.</summary>
    /// <param name="Index">Where it is.</param>
    /// <param name="Row">As it is now.</param>
    /// <param name="Fields">The fields that differ; for a label, the reference field.</param>
    public sealed record Updated(int Index, ViewRow Row, IReadOnlyList<string> Fields) : ViewChange;

    /// <summary>A row changed and so took another place: it is to be removed at one index and inserted at the other.</summary>
    /// <param name="From">Where it was.</param>
    /// <param name="To">Where it is, counted without it.</param>
    /// <param name="Row">As it is now.</param>
    /// <param name="Fields">The fields that differ.</param>
    public sealed record Moved(int From, int To, ViewRow Row, IReadOnlyList<string> Fields) : ViewChange;

    /// <summary>A row went: the record was deleted, ceased to match, or was moved out of the limit.</summary>
    public sealed record Removed(int Index, RecordKey Key) : ViewChange;
}
