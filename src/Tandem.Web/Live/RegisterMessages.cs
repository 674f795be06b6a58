namespace Tandem.Web.Live;

/// <summary>What a page begins and ceases to show. One message carries everything that came and went together.</summary>
/// <param name="Cursor">Where the feed stood when the page was rendered or last told; empty for a page that asks for its values now.</param>
/// <param name="Add">The parts that came.</param>
/// <param name="Remove">The ids of the parts that went.</param>
internal sealed record RegisterRequest(string Cursor, IReadOnlyList<WatchedPart>? Add, IReadOnlyList<string>? Remove);

/// <summary>A part of a page that is to be live.</summary>
/// <param name="Id">What the page calls it; another part of the same id takes its place.</param>
/// <param name="Table">The table's name.</param>
/// <param name="Keys">The records shown, as addresses carry keys.</param>
/// <param name="Fields">The fields shown, or null for all.</param>
/// <param name="Whole">Whether the page also wants to hear of records it does not show.</param>
/// <param name="Search">The list's own address after the question mark: which records belong to it.</param>
/// <param name="Query">For a list that the server keeps up: <c>$filter</c>, <c>$orderby</c> and <c>$first</c> as in the API. Null for a part of records.</param>
/// <param name="Now">Whether the records' values are wanted with the answer; a part rendered by the server has them already.</param>
internal sealed record WatchedPart(
    string Id, string Table, IReadOnlyList<string>? Keys = null, IReadOnlyList<string>? Fields = null, bool Whole = false,
    string? Search = null, string? Query = null, bool Now = false);

/// <summary>The answer to a registration.</summary>
/// <param name="Cursor">Where the feed stood: for a page that did not know.</param>
/// <param name="SchemaVersion">A page rendered under another version shows tables that are no longer so.</param>
/// <param name="Node">Which run of which server answers. What other programs wrote between two runs is in no feed, so a page that comes to another one reads again what it shows.</param>
/// <param name="Parts">How many parts of this page are live now.</param>
/// <param name="Refused">The parts that cannot be live, and why.</param>
/// <param name="Now">The values asked for.</param>
internal sealed record RegisterAnswer(
    string Cursor, int SchemaVersion, string Node, int Parts, IReadOnlyList<RefusedPart> Refused, IReadOnlyList<PartRecord> Now);

/// <summary>A part that cannot be live.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Reason">A sentence for people: what is wrong and what to do.</param>
internal sealed record RefusedPart(string Id, string Reason);

/// <summary>A record as a part shows it.</summary>
/// <param name="Id">The part that asked.</param>
/// <param name="Key">The record.</param>
/// <param name="Fields">Its fields; null when it is not there or may not be seen.</param>
internal sealed record PartRecord(string Id, string Key, IReadOnlyDictionary<string, ShownField>? Fields);
