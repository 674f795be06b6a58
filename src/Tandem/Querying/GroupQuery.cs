namespace Tandem.Querying;

/// <summary>A question to a table that is answered by groups: how many records share a value, and what their numbers come to. Immutable.</summary>
public sealed record GroupQuery
{
    /// <summary>The most groups an answer holds.</summary>
    public const int MostGroups = 1_000;

    /// <summary>Which records. Default: all.</summary>
    public Filter Filter { get; init; } = Filter.All;

    /// <summary>The field whose values make the groups, or null for one group of all records. Default: null.</summary>
    public string? By { get; init; }

    /// <summary>How wide a group of dates or moments is; passed over for other fields. Default: each value is a group.</summary>
    public GroupSpan Span { get; init; }

    /// <summary>What each group comes to beside its count. Default: nothing.</summary>
    public IReadOnlyList<Total> Totals { get; init; } = [];

    /// <summary>Whether groups come by their value in the source's order, instead of the largest first. Default: false.</summary>
    public bool IsByValue { get; init; }

    /// <summary>How many groups at most. Default: <see cref="MostGroups"/>, which is also the most.</summary>
    public int First { get; init; } = MostGroups;
}

/// <summary>How wide a group of dates or moments is. Moments are taken in UTC.</summary>
public enum GroupSpan
{
    /// <summary>Each value is a group of its own.</summary>
    Value,

    /// <summary>A calendar day.</summary>
    Day,

    /// <summary>A calendar month.</summary>
    Month,

    /// <summary>A calendar year.</summary>
    Year,
}

/// <summary>What the numbers of a field come to in a group.</summary>
/// <param name="Field">A field of numbers.</param>
/// <param name="Kind">What is told of them.</param>
public sealed record Total(string Field, TotalKind Kind);

/// <summary>What is told of a group's numbers. What is no number, null included, is passed over.</summary>
public enum TotalKind
{
    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>The least of them.</summary>
    Least,

    /// <summary>The greatest of them.</summary>
    Greatest,

    /// <summary>Their sum divided by how many there are.</summary>
    Average,
}

/// <summary>Records that share a value.</summary>
/// <param name="Value">What they share: the field's value, or the first day of the span as <see cref="DateOnly"/>. Null for those without one, and for the group of all.</param>
/// <param name="Count">How many they are.</param>
/// <param name="Totals">
/// What their numbers come to, in the order asked for. Sums and averages of whole and decimal numbers are <see cref="decimal"/> and exact; of floats, and beyond
/// what a decimal holds, <see cref="double"/>. The least and greatest are of the field's own type. Null where the group has no number.
/// </param>
public sealed record Group(object? Value, long Count, IReadOnlyList<object?> Totals);

/// <summary>The groups of a query.</summary>
/// <param name="Items">The groups in the order asked for; null comes last among equals.</param>
/// <param name="HasMore">Whether there are more than were asked for.</param>
public sealed record Groups(IReadOnlyList<Group> Items, bool HasMore);
