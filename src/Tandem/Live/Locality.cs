using Tandem.Querying;
using Tandem.Schema;

namespace Tandem.Live;

/// <summary>Tells whether memory answers a query as the source would: some sources order text by a language's rules.</summary>
internal static class Locality
{
    public static bool IsLocal(TableSchema schema, Query query) =>
        PageCursor.TotalOrder(schema, query).All(o => schema.Find(o.Field)?.IsOrderedAlike != false) && IsLocal(schema, query.Filter);

    public static bool IsLocal(TableSchema schema, Filter filter) => filter switch
    {
        Filter.Compare { Operator: not (CompareOperator.Equal or CompareOperator.NotEqual) } compare => schema.Find(compare.Field)?.IsOrderedAlike != false,
        Filter.Compare compare => schema.Find(compare.Field)?.IsEqualAlike != false,
        Filter.In list => schema.Find(list.Field)?.IsEqualAlike != false,
        // Which letters are each other's other case is the source's matter beyond ASCII.
        Filter.Match { IgnoreCase: true } match => System.Text.Ascii.IsValid(match.Text) && IsText(schema, match.Field),
        Filter.Match match => IsText(schema, match.Field),
        Filter.And and => and.Filters.All(f => IsLocal(schema, f)),
        Filter.Or or => or.Filters.All(f => IsLocal(schema, f)),
        Filter.Not not => IsLocal(schema, not.Inner),
        _ => true,
    };

    private static bool IsText(TableSchema schema, string field) => schema.Find(field)?.Type is null or FieldType.Text;
}
