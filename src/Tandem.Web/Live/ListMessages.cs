namespace Tandem.Web.Live;

/// <summary>What a page is told of a list that the server keeps up.</summary>
/// <param name="Id">The part.</param>
/// <param name="Cursor">The place in the feed that the rows are as of after this.</param>
/// <param name="Rows">All rows; null when only changes follow.</param>
/// <param name="Changes">The changes, each to the rows as the one before left them; null when all rows are told.</param>
internal sealed record ListMessage(string Id, string Cursor, IReadOnlyList<ListRow>? Rows, IReadOnlyList<ListRowChange>? Changes);

/// <summary>A row of a list.</summary>
/// <param name="Key">The record's key as addresses carry it.</param>
/// <param name="Fields">The fields shown.</param>
internal sealed record ListRow(string Key, IReadOnlyDictionary<string, ShownField> Fields);

/// <summary>One change of a list's rows.</summary>
/// <param name="Kind"><c>insert</c>, <c>update</c>, <c>move</c> or <c>remove</c>.</param>
/// <param name="Index">Where the row is after the change; for a removal, where it was.</param>
/// <param name="From">For a move, where it was; the new place is counted without it.</param>
/// <param name="Row">The row; null for a removal.</param>
/// <param name="Changed">The fields that differ, for an update or a move.</param>
internal sealed record ListRowChange(string Kind, int Index, int? From, ListRow? Row, IReadOnlyList<string>? Changed);
