using Tandem.Activating;
using Tandem.Querying;
using Tandem.Schema;

namespace Tandem.Access;

/// <summary>What is decided about the fields that make records active, and apart from that about the others. Immutable.</summary>
/// <param name="Fields">The fields that make records active.</param>
/// <param name="Enabled">The records whose such fields may be written.</param>
/// <param name="Others">The records whose other fields may be written.</param>
internal sealed record ActivationRight(IReadOnlySet<string> Fields, Filter Enabled, Filter Others)
{
    /// <summary>
    /// A decision about writing to an activatable table: the fields that make its records active go by the right to enable, whatever is decided about
    /// the others, and what Tandem keeps up is nobody's to write.
    /// </summary>
    public static AccessDecision Join(TableSchema table, Activation activation, TableAction action, AccessDecision writing, AccessDecision enabling)
    {
        HashSet<string> own = [.. activation.Fields];
        var others = table.Fields.Select(f => f.Name).Where(f => !own.Contains(f));
        var withheld = writing.IsAllowed ? others.Where(writing.Withheld.Contains).ToHashSet(StringComparer.Ordinal) : [.. others];
        withheld.UnionWith(enabling.IsAllowed ? own.Where(enabling.Withheld.Contains) : own);
        if (activation.IsKept)
        {
            withheld.Add(activation.Active);
        }

        // New records need the right to add; existing ones may be for somebody to switch and nothing else.
        if (action == TableAction.Add ? !writing.IsAllowed : !writing.IsAllowed && (!enabling.IsAllowed || own.IsSubsetOf(withheld)))
        {
            return writing;
        }

        var right = new ActivationRight(own, enabling.IsAllowed ? enabling.Filter : Filter.None, writing.IsAllowed ? writing.Filter : Filter.None);
        return (writing.IsAllowed ? writing : enabling) with
        {
            Filter = action == TableAction.Add ? right.Others : FilterAlgebra.Or(right.Others, right.Enabled),
            Withheld = withheld,
            Activation = right,
        };
    }

    /// <summary>The records of which all of some fields may be written.</summary>
    public Filter Of(IEnumerable<string> fields)
    {
        var (own, others) = (false, false);
        foreach (var field in fields)
        {
            (own, others) = (own || Fields.Contains(field), others || !Fields.Contains(field));
        }

        return (own, others) switch
        {
            (true, false) => Enabled,
            (true, true) => FilterAlgebra.And(Others, Enabled),
            (false, true) => Others,
            _ => FilterAlgebra.Or(Others, Enabled),
        };
    }
}
