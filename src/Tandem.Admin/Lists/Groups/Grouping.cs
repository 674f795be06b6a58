using Tandem.Querying;
using Tandem.Schema;

namespace Tandem.Admin.Lists.Groups;

/// <summary>How a list is grouped, as its address carries it: <c>g=month:ordered&amp;t=sum:price</c>. Immutable.</summary>
internal sealed record Grouping
{
    private const int MostTotals = 8;

    /// <summary>A list of records.</summary>
    public static Grouping None { get; } = new();

    /// <summary>The field, or null for a list of records.</summary>
    public string? Field { get; init; }

    public GroupSpan Span { get; init; }

    public IReadOnlyList<Total> Totals { get; init; } = [];

    /// <summary>Whether groups come by their value, instead of the largest first.</summary>
    public bool IsByValue { get; init; }

    /// <summary>Whether a picture stands above the figures.</summary>
    public bool HasPicture { get; init; }

    public bool IsOn => Field is not null;

    /// <summary>The fields that decide what groups come to.</summary>
    public IEnumerable<string> Fields => Field is null ? [] : [Field, .. Totals.Select(t => t.Field)];

    /// <summary>The field and its span as the address has them.</summary>
    public string Key => Field is null ? "" : KeyOf(Field, Span);

    public static string KeyOf(string field, GroupSpan span) => (span == GroupSpan.Value ? "" : Name(span) + ":") + field;

    public static string KeyOf(Total total) => Name(total.Kind) + ":" + total.Field;

    /// <summary>Takes in one part of an address; what cannot be grouped or added up is passed over.</summary>
    public Grouping With(TableSchema schema, string name, string value) => name switch
    {
        "g" => WithField(schema, value),
        "t" when Totals.Count < MostTotals && Split<TotalKind>(value) is var (kind, field) && schema.Find(field) is { } found && GroupRules.IsNumeric(found) && !Totals.Contains(new Total(field, kind)) =>
            this with { Totals = [.. Totals, new Total(field, kind)] },
        "go" => this with { IsByValue = value == "value" },
        "p" => this with { HasPicture = value == "1" },
        _ => this,
    };

    /// <summary>Names and values of the address.</summary>
    public IEnumerable<(string Name, string Value)> Pairs() => !IsOn ? [] :
    [
        ("g", Key),
        .. Totals.Select(t => ("t", KeyOf(t))),
        .. HasPicture ? [("p", "1")] : Array.Empty<(string, string)>(),
        .. IsByValue ? [("go", "value")] : Array.Empty<(string, string)>(),
    ];

    public GroupQuery ToQuery(Filter filter) => new() { Filter = filter, By = Field, Span = Span, Totals = Totals, IsByValue = IsByValue };

    private Grouping WithField(TableSchema schema, string value)
    {
        if (schema.Find(value) is { } plain && GroupRules.IsGroupable(plain))
        {
            return this with { Field = value, Span = GroupSpan.Value };
        }

        return Split<GroupSpan>(value) is var (span, field) && schema.Find(field) is { } found && GroupRules.HasDays(found) && GroupRules.IsGroupable(found)
            ? this with { Field = field, Span = span }
            : this;
    }

    private static (T Kind, string Field)? Split<T>(string value)
        where T : struct, Enum
    {
        var colon = value.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && Enum.TryParse<T>(value[..colon], ignoreCase: true, out var kind) && Name(kind) == value[..colon] ? (kind, value[(colon + 1)..]) : null;
    }

#pragma warning disable CA1308 // Addresses are in small letters.
    private static string Name<T>(T kind)
        where T : struct, Enum => kind.ToString().ToLowerInvariant();
#pragma warning restore CA1308
}
