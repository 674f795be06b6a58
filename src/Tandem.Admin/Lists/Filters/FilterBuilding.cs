using Tandem.Admin.Shell;
using Tandem.Schema;

namespace Tandem.Admin.Lists.Filters;

/// <summary>A filter that is being put together on the page; nothing of it is kept but in the form itself.</summary>
internal sealed record FilterBuilding(TableSchema Schema, ITies Ties, Condition.Group Draft, DateTimeOffset Now)
{
    /// <summary>The list as the finished conditions have it, shown below while the filter is built.</summary>
    public required ListState Shown { get; init; }

    /// <summary>The list to go to, when the filter was finished; else null.</summary>
    public ListState? Applied { get; init; }

    /// <summary>Whether unfinished conditions are to be named: the person wanted to apply them.</summary>
    public bool SaysFaults { get; init; }

    public IReadOnlyList<FieldOffer> Offers => field ??= FieldOffers.Of(Schema, Ties);

    /// <returns>What is being built; null when nothing is.</returns>
    public static FilterBuilding? Read(PageContext page, TableSchema schema, ListState state, IReadOnlyList<KeyValuePair<string, string>> query)
    {
        var form = query.GroupBy(p => p.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => string.Join(", ", g.Select(p => p.Value).Where(v => v.Length > 0)), StringComparer.Ordinal);
        if (form.GetValueOrDefault("edit") != "1")
        {
            return null;
        }

        var (ties, now) = (new PageTies(page), page.Site.Clock.GetUtcNow());
        if (!form.Keys.Any(k => k.StartsWith(BuilderForm.Prefix, StringComparison.Ordinal)))
        {
            var start = state.Conditions is [Condition.Group only] ? only : new Condition.Group(GroupKind.And, state.Conditions);
            start = start.Conditions.Count == 0 ? start with { Conditions = [BuilderForm.Fresh(schema, ties)] } : start;
            return new FilterBuilding(schema, ties, start, now) { Shown = state };
        }

        var (draft, apply) = BuilderForm.Read(schema, ties, form);
        var shown = state.FirstPage() with { Conditions = BuilderForm.Finished(schema, ties, draft, now) };
        var isFinished = draft.Leaves().All(l => BuilderForm.Fault(schema, ties, l, now) is null);
        return new FilterBuilding(schema, ties, draft, now) { Shown = shown, Applied = apply && isFinished ? shown : null, SaysFaults = apply };
    }

    public string? Fault(Condition.Leaf leaf) =>
        !SaysFaults && leaf.Value.Length == 0 ? null : BuilderForm.Fault(Schema, Ties, leaf, Now);
}
