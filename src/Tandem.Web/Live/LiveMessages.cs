namespace Tandem.Web.Live;

/// <summary>What a page shows: the client sends it once connected and whenever the page shows something else.</summary>
/// <param name="Cursor">Where the feed stood when the page was rendered or last told.</param>
/// <param name="Tables">The tables with what is shown of each.</param>
internal sealed record WatchRequest(string Cursor, IReadOnlyList<WatchedTable> Tables);

/// <summary>What a page shows of one table.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="Keys">The records shown, as addresses carry keys.</param>
/// <param name="Fields">The fields shown, or null for all.</param>
/// <param name="Whole">Whether the page also wants to hear of records it does not show.</param>
/// <param name="Search">The list's own address after the question mark: which records belong to it.</param>
internal sealed record WatchedTable(string Table, IReadOnlyList<string>? Keys, IReadOnlyList<string>? Fields, bool Whole, string? Search);

/// <summary>The answer to a watch.</summary>
/// <param name="SchemaVersion">A page rendered under another version shows tables that are no longer so.</param>
/// <param name="Node">Which run of which server answers. What other programs wrote between two runs is in no feed, so a page that comes to another one reads again what it shows.</param>
internal sealed record WatchAnswer(int SchemaVersion, string Node);

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
    string Table, string Key, string Kind, string By, string At, long Sequence, IReadOnlyDictionary<string, LiveField>? Fields, bool Moves = false);

/// <summary>A changed field in the forms a page needs.</summary>
/// <param name="Name">What people call the field.</param>
/// <param name="Text">The value as people read it; empty for null.</param>
/// <param name="Input">The value as inputs carry it; null for null.</param>
/// <param name="Before">The value before, as people read it; null where it is not known.</param>
/// <param name="Label">For a reference, what people call its target.</param>
/// <param name="Href">For a reference, the address of its target.</param>
internal sealed record LiveField(string Name, string Text, string? Input, string? Before, string? Label, string? Href);
