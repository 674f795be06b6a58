namespace Tandem.Access;

/// <summary>What a token is good for: an action, or an action and a table with a colon between. Who may write by a token may look by it, and who may view may list.</summary>
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
            if ((what == name || (TableActions.IsLook(action) && Shows(what, action))) && (where is null || where == table))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Who may view by a token may list by it, and who may write by it may look at what is written: nothing can be written unseen.</summary>
    private static bool Shows(string what, TableAction action) =>
        what is "change" or "delete" or "add" or "bulk" or "run" or "enable" || (what == "view" && action == TableAction.List);

    /// <summary>Whether a text is a scope.</summary>
    public static bool IsScope(string scope) => TableActions.TryParse(scope.Split(':')[0], out _) && !scope.EndsWith(':') && !scope.Any(char.IsControl);
}
