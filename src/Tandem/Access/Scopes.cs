namespace Tandem.Access;

/// <summary>What a token is good for: an action, or an action and a table with a colon between. Who may view by a token may list by it.</summary>
public static class Scopes
{
    /// <summary>Whether scopes cover an action on a table. Null covers all.</summary>
    public static bool Cover(IReadOnlyList<string>? scopes, string? table, TableAction action)
    {
        if (scopes is null)
        {
            return true;
        }

        var name = TableActions.Name(action);
        foreach (var scope in scopes)
        {
            var (what, where) = scope.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0 ? (scope[..colon], scope[(colon + 1)..]) : (scope, null);
            if ((what == name || (action == TableAction.List && what == "view")) && (where is null || where == table))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a text is a scope.</summary>
    public static bool IsScope(string scope) => TableActions.TryParse(scope.Split(':')[0], out _) && !scope.EndsWith(':') && !scope.Any(char.IsControl);
}
