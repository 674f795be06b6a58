using Tandem.Admin.Shell;
using Tandem.Querying;
using Tandem.Schema;

namespace Tandem.Admin.Lists.Filters;

/// <summary>
/// Turns conditions into a filter. What lies in other tables is asked there first, from the far end on: each table on the way gives the values that the
/// one before it is asked for, so that a filter of one table is left. Only records the person may see count on the way.
/// </summary>
internal sealed class ConditionCompiler(PageContext page, ITies ties)
{
    /// <summary>Most records of another table that a condition may be about.</summary>
    public const int MostTargets = 5000;

    private readonly DateTimeOffset _now = page.Site.Clock.GetUtcNow();

    /// <exception cref="QueryException">A condition is malformed, or about too many records.</exception>
    public async Task<Filter> CompileAsync(TableSchema schema, Condition condition)
    {
        if (condition is Condition.Leaf leaf)
        {
            return await LeafAsync(schema, leaf, 0);
        }

        var group = (Condition.Group)condition;
        List<Filter> filters = [];
        foreach (var part in group.Conditions)
        {
            filters.Add(await CompileAsync(schema, part));
        }

        return Together(group.Kind, filters);
    }

    public static Filter Together(GroupKind kind, IReadOnlyList<Filter> filters) => kind switch
    {
        _ when filters.Count == 0 => Filter.All,
        GroupKind.And => filters.Count == 1 ? filters[0] : new Filter.And(filters),
        GroupKind.Or => filters.Count == 1 ? filters[0] : new Filter.Or(filters),
        GroupKind.None => new Filter.Not(new Filter.Or(filters)),
        _ => new Filter.Not(new Filter.And(filters)),
    };

    private async Task<Filter> LeafAsync(TableSchema schema, Condition.Leaf leaf, int step)
    {
        if (step == leaf.Path.Steps.Count - 1)
        {
            var field = schema.Find(leaf.Path.Steps[step]) is { IsSecret: false } found ? found : throw Ties.NoField(schema, leaf.Path.Steps[step]);
            if (LeafFilter.Of(schema, field, leaf.Operator, leaf.Value, _now) is { } filter)
            {
                return filter;
            }

            var named = await NamedAsync(schema, field, leaf);
            return leaf.Operator == "namesnot" ? new Filter.Not(named) : named;
        }

        var tie = ties.Follow(schema, leaf.Path.Steps[step]);
        return await HeldAsync(tie, await LeafAsync(tie.Schema, leaf, step + 1), leaf);
    }

    private async Task<Filter> NamedAsync(TableSchema schema, Field field, Condition.Leaf leaf)
    {
        var tie = ties.Follow(schema, field.Name);
        var labels = tie.Schema.LabelFields;
        return labels.Count == 0
            ? throw new QueryException(field.Name, $"{tie.Schema.Label} have no names to look for. Compare {field.Label} by its key.")
            : await HeldAsync(tie, new Filter.Or([.. labels.Select(f => new Filter.Match(f, MatchOperator.Contains, leaf.Value, IgnoreCase: true))]), leaf);
    }

    /// <summary>The records on this side of a tie whose other side holds a filter.</summary>
    private async Task<Filter> HeldAsync(Tie tie, Filter filter, Condition.Leaf leaf)
    {
        if (page.Look(tie.Schema.Name) is not { } table)
        {
            return Filter.None;
        }

        var found = await table.QueryAsync(new Query { Filter = filter, First = MostTargets + 1, Fields = [tie.There] }, page.Aborted);
        return found.Records.Count > MostTargets
            ? throw new QueryException(leaf.Path.Steps[0], $"More than {MostTargets:N0} records of {tie.Schema.Label} fit “{leaf.Value}”; a list can be filtered by at most that many. Make the condition narrower.")
            : new Filter.In(tie.Here, [.. found.Records.Select(r => r[tie.There]).Where(v => v is not null).Distinct()]);
    }
}
