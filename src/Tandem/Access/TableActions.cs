using System.Collections.Frozen;

namespace Tandem.Access;

/// <summary>Actions as grants, scopes, the API and the command line spell them.</summary>
public static class TableActions
{
    private static readonly FrozenDictionary<string, TableAction> s_byName =
        Enum.GetValues<TableAction>().ToFrozenDictionary(Name, StringComparer.Ordinal);

    /// <summary>Every action in the order people should see them.</summary>
    public static IReadOnlyList<TableAction> All { get; } =
    [
        TableAction.View, TableAction.List, TableAction.Add, TableAction.Change, TableAction.Delete, TableAction.Bulk, TableAction.Run, TableAction.Enable, TableAction.Administer,
    ];

    /// <summary>The action in small letters, which is also the name of its field in the grants table.</summary>
    public static string Name(TableAction action) => action switch
    {
        TableAction.View => "view",
        TableAction.Add => "add",
        TableAction.Change => "change",
        TableAction.Delete => "delete",
        TableAction.List => "list",
        TableAction.Bulk => "bulk",
        TableAction.Run => "run",
        TableAction.Enable => "enable",
        TableAction.Administer => "administer",
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "There is no such action."),
    };

    /// <summary>Reads a name that <see cref="Name"/> gives.</summary>
    public static bool TryParse(string? name, out TableAction action) => s_byName.TryGetValue(name ?? "", out action);

    /// <summary>Whether an action only looks.</summary>
    public static bool IsLook(TableAction action) => action is TableAction.View or TableAction.List;
}
