using Tandem.Schema;

namespace Tandem.Querying;

/// <summary>Checks that a query names fields its table has, before records in memory are asked.</summary>
internal static class FilterFields
{
    /// <exception cref="QueryException">The filter names a field the table does not have.</exception>
    public static void Check(TableSchema schema, Filter filter)
    {
        foreach (var field in Of(filter))
        {
            Check(schema, field);
        }
    }

    /// <exception cref="QueryException">The table does not have the field.</exception>
    public static void Check(TableSchema schema, string field)
    {
        if (schema.Ordinal(field) < 0)
        {
            throw new QueryException(field, $"Table '{schema.Name}' has no field '{field}'. Use one of its fields.");
        }
    }

    /// <summary>Whether a filter goes by the record's key, whatever its fields are called.</summary>
    public static bool GoesByKey(Filter filter) => filter switch
    {
        Filter.Listed => true,
        Filter.And and => and.Filters.Any(GoesByKey),
        Filter.Or or => or.Filters.Any(GoesByKey),
        Filter.Not not => GoesByKey(not.Inner),
        _ => false,
    };

    /// <summary>The fields a filter names.</summary>
    public static IEnumerable<string> Of(Filter filter) => filter switch
    {
        Filter.Compare compare => [compare.Field],
        Filter.In list => [list.Field],
        Filter.Match match => [match.Field],
        Filter.And and => and.Filters.SelectMany(Of),
        Filter.Or or => or.Filters.SelectMany(Of),
        Filter.Not not => Of(not.Inner),
        _ => [],
    };
}
