using System.Text.Json;

namespace Tandem.Access;

/// <summary>How the grants table spells what a grant is made of.</summary>
internal static class GrantText
{
    public static string Of(SubjectKind kind) => kind switch
    {
        SubjectKind.User => "user",
        SubjectKind.Group => "group",
        _ => "everyone",
    };

    public static bool TrySubject(string? text, out SubjectKind kind)
    {
        kind = text switch
        {
            "user" => SubjectKind.User,
            "group" => SubjectKind.Group,
            _ => SubjectKind.Everyone,
        };
        return text is "user" or "group" or "everyone";
    }

    /// <summary>Fields as people write them, with commas between; as a JSON list where a name would be misread.</summary>
    public static string Of(IReadOnlyList<string> fields) =>
        fields.Any(f => f.Contains(',', StringComparison.Ordinal) || f.StartsWith('[') || f.Trim() != f) ? JsonSerializer.Serialize(fields) : string.Join(", ", fields);

    /// <summary>Reads what <see cref="Of(IReadOnlyList{string})"/> gives; null where no field is named.</summary>
    public static IReadOnlyList<string>? Fields(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var fields = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (text.StartsWith('['))
        {
            try
            {
                fields = JsonSerializer.Deserialize<string[]>(text) ?? [];
            }
            catch (JsonException)
            {
                // Another program may store anything; read as a plain list it names fields that are not there, and so gives nothing.
            }
        }

        return fields.Length > 0 ? fields : null;
    }
}
