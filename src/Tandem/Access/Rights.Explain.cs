using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Access;

/// <summary>Why somebody may or may not do something.</summary>
/// <param name="IsAllowed">Whether the decision function allows it.</param>
/// <param name="Reason">The grant, policy or rule that decides, as a sentence.</param>
/// <param name="Considered">Everything that was asked in the order it counts, the one that decides last; those after it were not asked.</param>
public sealed record Explanation(bool IsAllowed, string Reason, IReadOnlyList<string> Considered)
{
    /// <summary>The grant that decides, or null when it is none or one of many single records.</summary>
    public Grant? Grant { get; init; }

    /// <summary>Where the grant of a single record that decides is found, or null.</summary>
    internal (string Table, Filter Where)? Listed { get; init; }
}

/// <content>Explaining. It walks the same steps that decisions are folded from, so that the two cannot disagree.</content>
public sealed partial class Rights
{
    /// <summary>Says whether a user may do something, and by which grant or policy.</summary>
    /// <param name="user">Who.</param>
    /// <param name="table">The table, whole.</param>
    /// <param name="action">What.</param>
    /// <param name="record">The record, whole, or null for any record of the table.</param>
    /// <param name="field">The field, or null for the record as such.</param>
    public Explanation Explain(User user, TableSchema table, TableAction action, Record? record = null, string? field = null)
    {
        (table, record) = (table.Whole, record?.Whole);
        if (action is TableAction.Add or TableAction.Change && field is not null && table.Activation is { } activation && activation.Fields.Contains(field))
        {
            return field == activation.Active && activation.IsKept
                ? new Explanation(false, $"{table[field].Label} is kept up by Tandem from other fields. Change those.", ["what Tandem keeps up is nobody's to write"])
                : Explain(user, table, TableAction.Enable, record, field);
        }

        var decision = Decide(user, table, action);
        var isAllowed = decision.IsAllowed && (record is null || FilterEvaluator.Holds(decision.Filter, record)) && (field is null || decision.Allows(field))
            && (field is null || record is null || decision.Allows(record, field));
        if (Before(user, table, action) is { } early)
        {
            return new Explanation(isAllowed, early.Reason, [early.Reason]);
        }

        if (!TableActions.IsLook(action) && action != TableAction.Add && Explain(user, table, TableAction.View, record, field) is { IsAllowed: false } unseen)
        {
            return unseen with { Reason = $"It cannot be seen, and so not be written to: {unseen.Reason}" };
        }

        List<string> considered = [];
        if (field is not null && OfField(user, table, action, field, considered) is { } ofField && (!ofField.IsAllowed || !isAllowed || record is null))
        {
            return ofField with { IsAllowed = isAllowed };
        }

        foreach (var step in _steps.Records(user, table, action))
        {
            considered.Add($"{step.Source}: {(step.Filter is Filter.AllFilter ? "every record" : FilterAlgebra.IsNone(step.Filter) ? "no record" : record is null ? "some records" : FilterEvaluator.Holds(step.Filter, record) ? "this record" : "not this record")}");
            if (record is null ? step.Filter is Filter.AllFilter : FilterEvaluator.Holds(step.Filter, record))
            {
                return new Explanation(isAllowed, record is null && isAllowed && !step.Allows ? decision.Reason : $"{Capital(step.Source)} {(step.Allows ? "allows" : "denies")} it.", considered)
                {
                    Grant = step.Grant,
                    Listed = step.Filter is Filter.Listed { Keys: var keys } && record is not null
                        ? (keys.Table, keys.Where & Filter.Eq("record_key", GrantKeys.Of(table, record.Key)))
                        : null,
                };
            }
        }

        considered.Add("nothing else: deny is the default");
        return new Explanation(isAllowed, isAllowed ? decision.Reason : decision.IsAllowed ? $"Nothing gives {user.Name} this right for this record." : decision.Reason, considered);
    }

    private Explanation? OfField(User user, TableSchema table, TableAction action, string field, List<string> considered)
    {
        if (_steps.Fields(user, table, action).TryGetValue(field, out var grant))
        {
            considered.Add($"the grant “{grant}”: this field");
            return new Explanation(grant.IsAllow, $"The grant “{grant}” {(grant.IsAllow ? "allows" : "denies")} it.", considered) { Grant = grant };
        }

        var withheld = Own(user, table, action).Withheld.Contains(field);
        if (withheld)
        {
            considered.Add("only other fields are given");
            return new Explanation(false, policies.Any(p => p.Table == table.Name && p.Actions.Contains(action) && p.Withheld(table, action).Contains(field))
                ? $"The policy of {table.Name} names other fields only."
                : $"Only other fields of {table.Name} are granted to {user.Name}.", considered);
        }

        return null;
    }
}
