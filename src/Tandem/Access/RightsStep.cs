using Tandem.Querying;

namespace Tandem.Access;

/// <summary>One step of a decision: records of the filter are allowed or denied here, all others go on to the next.</summary>
/// <param name="Level">How specific it is about its target.</param>
/// <param name="Allows">Whether its records are allowed; else they are denied.</param>
/// <param name="Filter">Its records.</param>
/// <param name="Source">What says so, as a clause for people.</param>
internal sealed record RightsStep(GrantLevel Level, bool Allows, Filter Filter, string Source)
{
    /// <summary>The grant, where it is one.</summary>
    public Grant? Grant { get; init; }

    /// <summary>The records that steps allow, the first that holds deciding; those that none holds for are denied.</summary>
    public static Filter Fold(IReadOnlyList<RightsStep> steps)
    {
        var filter = Filter.None;
        for (var i = steps.Count - 1; i >= 0; i--)
        {
            filter = steps[i].Allows
                ? FilterAlgebra.Or(steps[i].Filter, filter)
                : FilterAlgebra.And(FilterAlgebra.Not(steps[i].Filter), filter);
        }

        return filter;
    }
}
