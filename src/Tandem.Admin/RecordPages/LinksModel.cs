using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Admin.RecordPages;

/// <summary>The records that the one on the page is joined with through a join table.</summary>
/// <param name="Schema">The join table.</param>
/// <param name="Target">The table of what is joined.</param>
/// <param name="Field">The join table's field that refers to it.</param>
/// <param name="TargetField">The target's field that is held there.</param>
/// <param name="Chosen">Those shown.</param>
internal sealed record LinksModel(TableSchema Schema, TableSchema Target, Field Field, string TargetField, IReadOnlyList<LinkedRecord> Chosen)
{
    /// <summary>Tells sections of one page apart.</summary>
    public required string Id { get; init; }

    /// <summary>The join table's field that refers to the record.</summary>
    public required string Own { get; init; }

    /// <summary>The record's value there, as text; null while the record is new.</summary>
    public string? OwnValue { get; init; }

    /// <summary>Where in the join table's key the record's value stands: 0 or 1.</summary>
    public int OwnAt => Schema.Key[0] == Own ? 0 : 1;

    /// <summary>The list of all join records.</summary>
    public string? List { get; init; }

    /// <summary>How many there are in all.</summary>
    public long Count { get; init; }

    public bool MayAdd { get; init; }

    public bool MayDelete { get; init; }

    /// <summary>What people read: the target's name, with the field's where the table joins records of one kind.</summary>
    public string Label => Schema.References.Count(r => r.Target == Target.Name) > 1 ? $"{Target.Label}: {Field.Label}" : Target.Label;
}

/// <summary>One of them.</summary>
/// <param name="Key">The join record's key.</param>
/// <param name="Value">What the join record holds, as text.</param>
/// <param name="Label">What people call the joined record.</param>
/// <param name="Href">Where it is; null where the user may not see it.</param>
internal sealed record LinkedRecord(RecordKey Key, string Value, string Label, string? Href);
