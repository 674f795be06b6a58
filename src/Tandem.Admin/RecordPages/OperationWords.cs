using System.Text.RegularExpressions;

namespace Tandem.Admin.RecordPages;

/// <summary>Operations as the journal calls them, in words for people.</summary>
internal static partial class OperationWords
{
    /// <param name="operation">The operation's text; null for none.</param>
    /// <param name="records">How many records it touched.</param>
    public static string Of(string? operation, int records)
    {
        if (operation is null)
        {
            return "";
        }

        var others = records > 1 ? $" with {Shell.Words.Plural(records - 1, "other record", "other records")}" : "";
        if (operation.Split(' ', 2) is not [var kind, var rest])
        {
            return $"by “{operation}”{others}";
        }

        return kind switch
        {
            "unit" when Guid.TryParse(rest, out _) => records > 1 ? $"in one save{others}" : "",
            "undo" => $"taking back an operation{others}" + (Of(rest, 1) is { Length: > 0 } what ? $" ({what})" : ""),
            "revert" => "taking back an earlier change",
            "import" => $"by the import of {rest}{others}",
            "task" => $"by the task {rest}{others}",
            _ => $"by “{Unnumbered().Replace(operation, "")}”{others}",
        };
    }

    /// <summary>Ids at the end tell operations apart and tell people nothing.</summary>
    [GeneratedRegex(@"\s*[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
    private static partial Regex Unnumbered();
}
