using System.Collections.Frozen;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Access;

/// <summary>The answer of the one decision function. Immutable.</summary>
/// <param name="IsAllowed">Whether the action may happen at all.</param>
/// <param name="Reason">Why, as a sentence for people.</param>
/// <param name="Filter">The records it may happen to. It is compiled into queries, never applied afterwards.</param>
public sealed record AccessDecision(bool IsAllowed, string Reason, Filter Filter)
{
    /// <summary>The fields it may not happen to: hidden when looking, locked when writing. Default: none.</summary>
    public IReadOnlySet<string> Withheld { get; init; } = FrozenSet<string>.Empty;

    public static AccessDecision Allow(string reason) => new(true, reason, Filter.All);

    public static AccessDecision Deny(string reason) => new(false, reason, Filter.None);

    /// <summary>Whether the action may happen to a record.</summary>
    public bool Allows(Record record) => IsAllowed && FilterEvaluator.Holds(Filter, record.Whole);

    /// <summary>Whether the action may happen to a field of a record.</summary>
    public bool Allows(Record record, string field) => Allows(field) && FilterEvaluator.Holds(OfFields([field]), record.Whole);

    /// <summary>What is decided apart about the fields that make records active; null where they go with the others.</summary>
    internal ActivationRight? Activation { get; init; }

    /// <summary>The records the action may happen to, if it is about some fields.</summary>
    internal Filter OfFields(IEnumerable<string> fields) => Activation?.Of(fields) ?? Filter;

    /// <summary>Whether the action may happen to a field.</summary>
    public bool Allows(string field) => IsAllowed && !Withheld.Contains(field);
}

/// <summary>The one decision function: every page, message and endpoint asks it. Deny is the default. Answers from memory, at once. Safe from any thread.</summary>
public interface IAccess
{
    /// <summary>Decides.</summary>
    /// <param name="user">Who asks, or null for nobody known.</param>
    /// <param name="table">The table, or null for the application itself.</param>
    /// <param name="action">What for.</param>
    AccessDecision Decide(User? user, TableSchema? table, TableAction action);
}
