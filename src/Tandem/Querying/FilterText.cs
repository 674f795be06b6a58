using Tandem.Records;

namespace Tandem.Querying;

/// <summary>Filters as text that tells any two different ones apart.</summary>
internal static class FilterText
{
    public static string Of(Filter filter) => filter switch
    {
        Filter.AllFilter => "all",
        Filter.Compare compare => $"{Quoted(compare.Field)} {compare.Operator} {Value(compare.Value)}",
        Filter.In list => $"{Quoted(list.Field)} in ({string.Join(", ", list.Values.Select(Value))})",
        Filter.Match match => $"{match.Operator}{(match.IgnoreCase ? " of any case" : "")}({Quoted(match.Field)}, {Quoted(match.Text)})",
        Filter.And and => $"and({string.Join(", ", and.Filters.Select(Of))})",
        Filter.Or or => $"or({string.Join(", ", or.Filters.Select(Of))})",
        Filter.Not not => $"not({Of(not.Inner)})",
        Filter.Listed listed => $"listed({Quoted(listed.Keys.Table)}, {Quoted(listed.Keys.Field)}, {Of(listed.Keys.Where)})",
        _ => throw new ArgumentException($"Unknown filter {filter.GetType().Name}.", nameof(filter)),
    };

    private static string Value(object? value) => value is null ? "null" : $"{value.GetType().Name}:{Quoted(ValueText.Plain(value))}";

    private static string Quoted(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}
