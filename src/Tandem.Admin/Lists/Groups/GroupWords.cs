using System.Globalization;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Forms;

namespace Tandem.Admin.Lists.Groups;

/// <summary>Groups and what they come to, in words.</summary>
internal static class GroupWords
{
    private const int AverageDigits = 2;

    /// <summary>What groups are made by: “Ordered (month)”.</summary>
    public static string By(TableSchema schema, string field, GroupSpan span) => FieldLabels.Of(schema, schema[field]) + span switch
    {
        GroupSpan.Day => " (day)",
        GroupSpan.Month => " (month)",
        GroupSpan.Year => " (year)",
        _ => "",
    };

    public static string Of(TotalKind kind) => kind switch
    {
        TotalKind.Sum => "Sum",
        TotalKind.Least => "Least",
        TotalKind.Greatest => "Greatest",
        _ => "Average",
    };

    /// <summary>What a group is called where it is no reference.</summary>
    public static string Of(Field field, GroupSpan span, object? value) => (span, value) switch
    {
        (_, null) => "empty",
        (_, string { Length: 0 }) => "an empty text",
        (GroupSpan.Month, DateOnly month) => month.ToString("yyyy-MM", CultureInfo.InvariantCulture),
        (GroupSpan.Year, DateOnly year) => year.ToString("yyyy", CultureInfo.InvariantCulture),
        (not GroupSpan.Value, DateOnly day) => ValueText.Plain(day),
        _ => ValueText.Display(field, value),
    };

    /// <summary>A total as people read it: averages with two digits more than their numbers.</summary>
    public static string Of(Field field, TotalKind kind, object? value) => value switch
    {
        decimal number when kind == TotalKind.Average => Fixed(decimal.Round(number, Math.Min(28, (field.Scale ?? 0) + AverageDigits))),
        double number => number.ToString("G12", CultureInfo.InvariantCulture),
        decimal number when field.Type == FieldType.Integer => Fixed(number),
        _ => ValueText.Display(field, value),
    };

    private static string Fixed(decimal number) => number.ToString("0.############################", CultureInfo.InvariantCulture);
}
