using Tandem.Admin.Shell;
using Tandem.Schema;

namespace Tandem.Admin.Lists.Filters;

/// <summary>The ties that the person of a page may see.</summary>
internal sealed class PageTies(PageContext page) : ITies
{
    public IEnumerable<TableSchema> Tables => page.Database.Tables.Select(t => t.Schema);

    public TableSchema? Find(string table) => page.Look(table)?.Schema;
}
