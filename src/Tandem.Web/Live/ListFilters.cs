using Tandem.Querying;
using Tandem.Schema;

namespace Tandem.Web.Live;

/// <summary>Which records belong to a list, and the fields that decide their place beside the filter's; null for every field.</summary>
internal sealed record ListFilter(Filter Filter, IReadOnlySet<string>? Deciding)
{
    public static ListFilter Any { get; } = new(Filter.All, null);
}

/// <summary>Reads a list's address. The pages that know what addresses mean say how, once, when they are mapped.</summary>
internal sealed class ListFilters
{
    private volatile Func<TableSchema, string, ListFilter>? _read;

    public void ReadBy(Func<TableSchema, string, ListFilter> read) => _read = read;

    public ListFilter Read(TableSchema schema, string search) => _read?.Invoke(schema, search) ?? ListFilter.Any;
}
