using Tandem.Schema;

namespace Tandem.Querying;

/// <summary>What can be grouped and what can be added up. Pure and safe from any thread.</summary>
public static class GroupRules
{
    /// <summary>Whether records can be grouped by a field.</summary>
    public static bool IsGroupable(Field field) => field.Type is not (FieldType.Bytes or FieldType.Json or FieldType.Array) && !field.IsSecret;

    /// <summary>Whether a field holds numbers.</summary>
    public static bool IsNumeric(Field field) => field.Type is FieldType.Integer or FieldType.Decimal or FieldType.Float && !field.IsSecret;

    /// <summary>Whether a field's values can be grouped by day, month and year.</summary>
    public static bool HasDays(Field field) => field.Type is FieldType.Date or FieldType.DateTime or FieldType.Instant;

    /// <exception cref="QueryException">The query groups by what cannot be grouped, or adds up what are no numbers.</exception>
    internal static void Check(TableSchema schema, GroupQuery query)
    {
        if (query.First is < 1 or > GroupQuery.MostGroups)
        {
            throw new QueryException("$first", $"{query.First} groups are asked for. Ask for 1 to {GroupQuery.MostGroups}.");
        }

        FilterFields.Check(schema, query.Filter);
        if (query.By is { } by)
        {
            FilterFields.Check(schema, by);
            if (!IsGroupable(schema[by]))
            {
                throw new QueryException(by, $"Records cannot be grouped by '{by}': its values are no simple values. Group by another field.");
            }
        }

        foreach (var total in query.Totals)
        {
            FilterFields.Check(schema, total.Field);
            if (!IsNumeric(schema[total.Field]))
            {
                throw new QueryException(total.Field, $"Field '{total.Field}' holds no numbers to add up. Choose a field of numbers.");
            }
        }
    }
}
