namespace Tandem.Querying;

/// <summary>Joins filters so that what is known at once melts away, and a source is not asked about it.</summary>
internal static class FilterAlgebra
{
    public static bool IsNone(Filter filter) => filter is Filter.Not { Inner: Filter.AllFilter };

    public static Filter And(Filter a, Filter b) => IsNone(a) || IsNone(b) ? Filter.None : a == b ? a : a & b;

    public static Filter Or(Filter a, Filter b) => IsNone(a) ? b : IsNone(b) || a == b ? a : a | b;

    public static Filter Not(Filter filter) => filter switch
    {
        Filter.AllFilter => Filter.None,
        Filter.Not not => not.Inner,
        _ => new Filter.Not(filter),
    };
}
