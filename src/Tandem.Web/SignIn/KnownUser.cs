using Tandem.Access;
using Tandem.Records;

namespace Tandem.Web.SignIn;

/// <summary>A user as the store knows it.</summary>
/// <param name="User">Name and role.</param>
/// <param name="TokenDigest">The digest of the user's token, or null when the user has none.</param>
/// <param name="CreatedAt">When the user was invited; null for users that options name.</param>
internal sealed record KnownUser(User User, string? TokenDigest, DateTimeOffset? CreatedAt)
{
    /// <summary>Tells this user from an earlier one of the same name, whose cookies must not come back to life.</summary>
    public string Stamp => CreatedAt is { } at ? ValueText.Plain(at) : "";

    /// <summary>Whether the users table keeps the user; others live in memory and end with the process.</summary>
    public bool IsStored { get; init; }

    public static KnownUser? From(Record record) =>
        record["name"] is string name && RoleNames.TryParse(record["role"] as string, out var role)
            ? new KnownUser(new User(name, role), record["token_digest"] as string, record["created_at"] as DateTimeOffset?) { IsStored = true }
            : null;
}

/// <summary>Roles as the users table and the API spell them.</summary>
internal static class RoleNames
{
    public static string Of(Role role) => role switch
    {
        Role.Administrator => "administrator",
        Role.Editor => "editor",
        Role.Member => "member",
        _ => "viewer",
    };

    public static bool TryParse(string? text, out Role role)
    {
        role = text switch
        {
            "administrator" => Role.Administrator,
            "editor" => Role.Editor,
            "member" => Role.Member,
            _ => Role.Viewer,
        };
        return text is "administrator" or "editor" or "viewer" or "member";
    }
}
