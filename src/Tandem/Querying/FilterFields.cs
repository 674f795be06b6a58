using Tandem.Schema;

namespace Tandem.Querying;

/// <summary>Checks that a query names fields its table has, before records in memory are asked.</summary>
internal static class FilterFields
{
    /// <exception cref="QueryException">The filter names a field the table does not have.</exception>
    public static void Check(TableSchema schema, Filter filter)
    {
        switch (filter)
        {
            case Filter.And and:
                foreach (var inner in and.Filters)
                {
                    Check(schema, inner);
                }

                break;
            case Filter.Or or:
                foreach (var inner in or.Filters)
                {
                    Check(schema, inner);
                }

                break;
            case Filter.Not not:
                Check(schema, not.Inner);
                break;
            case Filter.Compare compare:
                Check(schema, compare.Field);
                break;
            case Filter.In list:
                Check(schema, list.Field);
                break;
            case Filter.Match match:
                Check(schema, match.Field);
                break;
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
}
