using Tandem.Querying;
using Tandem.Schema;

namespace Tandem.Access;

/// <summary>What somebody wants to do with a table.</summary>
public enum TableAction
{
    /// <summary>Read a record whole, its history too. Who may view may list.</summary>
    View,
    Add,
    Change,
    Delete,

    /// <summary>Find records in lists, with the fields that lists may show.</summary>
    List,

    /// <summary>Write to many records in one operation; each must be one that may be changed or deleted besides.</summary>
    Bulk,

    /// <summary>Run tasks that belong to the table.</summary>
    Run,

    /// <summary>Make records active or inactive.</summary>
    Enable,

    /// <summary>Run the application itself: users, tokens, reloading the schema. Asked without a table.</summary>
    Administer,
}

/// <summary>The answer of the one decision function.</summary>
/// <param name="IsAllowed">Whether the action may happen at all.</param>
/// <param name="Reason">Why, as a sentence for people.</param>
/// <param name="Filter">The records it may happen to. It is compiled into queries, never applied afterwards.</param>
public sealed record AccessDecision(bool IsAllowed, string Reason, Filter Filter)
{
    public static AccessDecision Allow(string reason) => new(true, reason, Filter.All);

    public static AccessDecision Deny(string reason) => new(false, reason, Filter.None);
}

/// <summary>The one decision function: every page, message and endpoint asks it. Deny is the default. Pure and safe from any thread.</summary>
public interface IAccess
{
    /// <summary>Decides.</summary>
    /// <param name="user">Who asks, or null for nobody known.</param>
    /// <param name="table">The table, or null for the application itself.</param>
    /// <param name="action">What for.</param>
    AccessDecision Decide(User? user, TableSchema? table, TableAction action);
}
