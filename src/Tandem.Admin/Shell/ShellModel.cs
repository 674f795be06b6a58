using Tandem.Access;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Admin.Shell;

/// <summary>What stands around every page.</summary>
/// <param name="User">Who is signed in.</param>
/// <param name="AppTitle">The application's name.</param>
/// <param name="Tables">The tables the user may see.</param>
/// <param name="SystemTables">Tandem's own, for administrators.</param>
/// <param name="Current">The table the page is about, or null.</param>
/// <param name="Cursor">Where the feed stood before the page was read.</param>
/// <param name="SchemaVersion">Which set of tables the page was made from.</param>
/// <param name="FormToken">What shows that a form is our own.</param>
/// <param name="MayAdminister">Whether the user is an administrator.</param>
internal sealed record ShellModel(
    User User, string AppTitle, IReadOnlyList<TableLink> Tables, IReadOnlyList<TableLink> SystemTables, string? Current,
    string Cursor, int SchemaVersion, string FormToken, bool MayAdminister);

/// <summary>A table in the side list.</summary>
internal sealed record TableLink(TableSchema Schema, string Href, RecordCount? Count);
