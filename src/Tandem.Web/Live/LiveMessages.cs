namespace Tandem.Web.Live;

/// <summary>Changes that concern a page.</summary>
/// <param name="Cursor">Where to resume after these; null while missed changes are still on their way.</param>
/// <param name="Changes">The changes, oldest first.</param>
internal sealed record LiveBatch(string? Cursor, IReadOnlyList<LiveChange> Changes);

/// <summary>One change as pages hear of it.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="Key">The record's key as addresses carry it.</param>
/// <param name="Kind"><c>insert</c>, <c>update</c>, <c>delete</c>, <c>reset</c> or <c>moved</c> (a record not shown may belong to the list now).</param>
/// <param name="By">Who wrote it.</param>
/// <param name="At">When, as ISO 8601.</param>
/// <param name="Sequence">Rises for each record; a page passes over what it has heard.</param>
/// <param name="Fields">The changed fields that the page shows.</param>
/// <param name="Moves">Whether a shown record may stand elsewhere in the list now, or no longer in it.</param>
internal sealed record LiveChange(
    string Table, string Key, string Kind, string By, string At, long Sequence, IReadOnlyDictionary<string, ShownField>? Fields, bool Moves = false);

/// <summary>A changed field in the forms a page needs.</summary>
/// <param name="Name">What people call the field.</param>
/// <param name="Text">The value as people read it; empty for null.</param>
/// <param name="Input">The value as inputs carry it; null for null.</param>
/// <param name="Before">The value before, as people read it; null where it is not known.</param>
/// <param name="Label">For a reference, what people call its target.</param>
/// <param name="Href">For a reference, the address of its target.</param>
internal sealed record ShownField(string Name, string Text, string? Input, string? Before, string? Label, string? Href);
