using System.Text;
using Tandem.Activating;
using Tandem.Admin.Lists.Filters;
using Tandem.Admin.Lists.Groups;
using Tandem.Querying;
using Tandem.Schema;
using Tandem.Web.Addresses;

namespace Tandem.Admin.Lists;

/// <summary>Everything that tells one view of a list from another. It lives in the address, so it can be kept, shared and returned to. Immutable.</summary>
internal sealed record ListState
{
    private const string FilterPrefix = "f.";

    public string Search { get; init; } = "";

    /// <summary>What must hold, all of it.</summary>
    public IReadOnlyList<Condition> Conditions { get; init; } = [];

    /// <summary>Which records of an activatable table; null for the active ones, or for those that a condition names.</summary>
    public ActiveChoice? Active { get; init; }

    public Order? Order { get; init; }

    /// <summary>The columns in their order; empty for the list's own choice.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>The saved view the list began from: its id, or <c>all</c> for none at all. Null when the address does not say.</summary>
    public string? View { get; init; }

    public string? After { get; init; }

    public string? Before { get; init; }

    public bool Last { get; init; }

    /// <summary>Whether to count the matches exactly.</summary>
    public bool Count { get; init; }

    /// <summary>How the records are grouped.</summary>
    public Grouping Grouping { get; init; } = Grouping.None;

    public bool IsFiltered => Search.Length > 0 || Conditions.Count > 0;

    /// <summary>The records the list is about, before any condition.</summary>
    public ActiveChoice ActiveOf(TableSchema schema) =>
        Active ?? (schema.Activation is { } activation && Conditions.SelectMany(c => c.Leaves()).Any(l => l.Path.IsOwn && l.Path.Steps[0] == activation.Active) ? ActiveChoice.All : ActiveChoice.Active);

    /// <summary>Whether records of the table are left out.</summary>
    public bool LeavesOut(TableSchema schema) => IsFiltered || ActiveChoices.Of(schema, ActiveOf(schema)) is not Filter.AllFilter;

    /// <summary>Reads an address; what it does not know it passes over.</summary>
    /// <exception cref="QueryException">The conditions cannot be read.</exception>
    public static ListState Parse(TableSchema schema, IEnumerable<KeyValuePair<string, string>> query)
    {
        var state = new ListState();
        foreach (var (name, value) in query)
        {
            state = name switch
            {
                "q" => state with { Search = value.Trim() },
                "o" when value.Length > 0 => state with { Order = value[0] == '-' && schema.Find(value) is null ? new Order(value[1..], true) : new Order(value) },
                "after" => state with { After = value },
                "before" => state with { Before = value },
                "last" => state with { Last = value == "1" },
                "count" => state with { Count = value == "1" },
                "c" => state with { Columns = [.. value.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString).Where(c => schema.Find(c) is { IsSecret: false }).Distinct()] },
                "g" or "t" or "go" or "p" => state with { Grouping = state.Grouping.With(schema, name, value) },
                "active" => ActiveChoices.TryParse(value, out var choice) ? state with { Active = choice } : state,
                "view" when value.Length > 0 => state with { View = value },
                "where" when value.Length > 0 => state.With(ConditionText.Read(value)),
                _ when name.StartsWith(FilterPrefix, StringComparison.Ordinal) && schema.Find(name[FilterPrefix.Length..]) is { IsSecret: false } field =>
                    state.With(Read(field, value).ToCondition()),
                _ => state,
            };
        }

        return state;
    }

    /// <summary>With one more condition, on its first page.</summary>
    public ListState With(ColumnFilter filter) => With(filter.ToCondition());

    /// <summary>With one more condition, on its first page.</summary>
    public ListState With(Condition condition) => FirstPage() with { Conditions = [.. Conditions.Where(c => !c.Equals(condition)), condition] };

    public ListState Without(Condition condition) => FirstPage() with { Conditions = [.. Conditions.Where(c => !c.Equals(condition))] };

    public ListState FirstPage() => this with { After = null, Before = null, Last = false };

    /// <summary>What a click on a column's head asks for: ascending, then descending, then the list's own order.</summary>
    public ListState OrderedBy(string field) => FirstPage() with
    {
        Order = Order?.Field != field ? new Order(field) : Order.Descending ? null : new Order(field, true),
    };

    /// <summary>What a saved view keeps: everything but the page.</summary>
    public string Kept() => (FirstPage() with { View = null, Count = false }).Query();

    /// <summary>The address of this view of a table.</summary>
    public string Url(string table) => Links.Table(table) + Query();

    /// <summary>The part of the address after the path, with its question mark; empty for the plain list.</summary>
    public string Query()
    {
        var text = new StringBuilder();
        foreach (var (name, value) in Pairs())
        {
            text.Append(text.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        }

        return text.ToString();
    }

    /// <summary>Names and values of the address.</summary>
    public IEnumerable<(string Name, string Value)> Pairs()
    {
        if (Search.Length > 0)
        {
            yield return ("q", Search);
        }

        foreach (var condition in Conditions)
        {
            yield return condition is Condition.Leaf { Path.IsOwn: true } leaf
                ? (FilterPrefix + leaf.Path.Steps[0], $"{leaf.Operator}:{leaf.Value}")
                : ("where", ConditionText.Write(condition));
        }

        if (Active is { } active)
        {
            yield return ("active", ActiveChoices.Name(active));
        }

        if (Order is { } order)
        {
            yield return ("o", (order.Descending ? "-" : "") + order.Field);
        }

        if (Columns.Count > 0)
        {
            yield return ("c", string.Join(',', Columns.Select(Uri.EscapeDataString)));
        }

        foreach (var pair in Grouping.Pairs())
        {
            yield return pair;
        }

        if (View is not null)
        {
            yield return ("view", View);
        }

        if (Count)
        {
            yield return ("count", "1");
        }

        if (After is not null)
        {
            yield return ("after", After);
        }

        if (Before is not null)
        {
            yield return ("before", Before);
        }

        if (Last)
        {
            yield return ("last", "1");
        }
    }

    private static ColumnFilter Read(Field field, string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? new ColumnFilter(field, "is", text) : new ColumnFilter(field, text[..colon], text[(colon + 1)..]);
    }
}
