using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Admin.RecordPages;

/// <summary>The records of one table that belong to the record on the page.</summary>
/// <param name="Schema">Their table.</param>
/// <param name="Columns">The fields shown: not the reference itself, not secrets, not binary content.</param>
/// <param name="Rows">The records in their order; empty when there are too many to be edited here.</param>
internal sealed record ChildModel(TableSchema Schema, IReadOnlyList<Field> Columns, IReadOnlyList<ChildRow> Rows)
{
    /// <summary>Tells sections of one page apart.</summary>
    public required string Id { get; init; }

    /// <summary>By which fields they refer to the record, with its values as JSON; null while the record is new.</summary>
    public required IReadOnlyDictionary<string, string?> Reference { get; init; }

    /// <summary>The list of them all.</summary>
    public string? List { get; init; }

    /// <summary>How many there are, where they are too many to be edited here.</summary>
    public bool IsTooMany { get; init; }

    /// <summary>The field that numbers them, or null.</summary>
    public Field? Position { get; init; }

    public bool MayAdd { get; init; }

    public bool MayChange { get; init; }

    public bool MayDelete { get; init; }

    /// <summary>Empty cells, for new rows.</summary>
    public required IReadOnlyList<FieldView> Blank { get; init; }
}

/// <summary>One of them.</summary>
internal sealed record ChildRow(RecordKey Key, string Href, string Label, IReadOnlyList<FieldView> Cells);
