using Tandem.Access;

namespace Tandem.Web.SignIn.Accounts;

/// <summary>What a token is good for, as people write it: <c>view change:orders</c>.</summary>
internal static class ScopeText
{
    private static readonly IReadOnlyList<string> s_actions = [.. Enum.GetNames<TableAction>().Select(n => n.ToLowerInvariant()).Order(StringComparer.Ordinal)];

    /// <summary>The actions there are, for messages and forms.</summary>
    public static IReadOnlyList<string> Actions => s_actions;

    /// <returns>The scopes, or null for all that the user may do.</returns>
    public static IReadOnlyList<string>? Parse(string? text) => string.IsNullOrWhiteSpace(text) ? null : [.. Split(text).Select(Uri.UnescapeDataString)];

    /// <summary>What is wrong with a text, or null.</summary>
    public static string? FindFault(string? text) => Split(text ?? "").FirstOrDefault(s => !s_actions.Contains(s.Split(':')[0]) || s.EndsWith(':')) is { } wrong
        ? $"'{wrong}' is no scope. Write actions, alone or with a table, separated by spaces: view change:orders. Actions are {string.Join(", ", s_actions)}."
        : null;

    /// <summary>The text as it is kept; null for all that the user may do.</summary>
    public static string? Normal(string? text) => string.IsNullOrWhiteSpace(text) ? null : string.Join(' ', Split(text));

    // A table's name may hold spaces; in a scope they are written as in addresses.
    private static IEnumerable<string> Split(string text) =>
        text.Split([' ', ',', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal);
}
