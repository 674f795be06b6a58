using Tandem.Access;
using Tandem.Records;

namespace Tandem.Web.SignIn;

/// <summary>A user as the store knows it. Immutable.</summary>
/// <param name="User">Name, role and groups.</param>
internal sealed record KnownUser(User User)
{
    /// <summary>When the user was added; null for users that options name.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Tells this user from an earlier one of the same name, and sessions begun before a sign-out everywhere from later ones: a cookie of another stamp is none.</summary>
    public string Stamp { get; init; } = "";

    /// <summary>Whether the users table keeps the user; others live in memory and end with the process.</summary>
    public bool IsStored { get; init; }

    /// <summary>Whether options name the user, who then always has the role they say.</summary>
    public bool IsNamed { get; init; }

    /// <summary>Whether nobody may sign in by this account for now.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>Whether programs may ask with this account's tokens.</summary>
    public bool MayUseApi { get; init; } = true;

    public string? Email { get; init; }

    /// <summary>The hash of the password; null when there is none.</summary>
    public string? PasswordHash { get; init; }

    /// <summary>Wrong passwords in a row.</summary>
    public long FailedSignIns { get; init; }

    /// <summary>When a password is looked at again; null when it is not locked.</summary>
    public DateTimeOffset? LockedUntil { get; init; }

    /// <summary>Who this is at the OpenID provider; null before the first sign-in by it.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The digest of the one token that users had in a database that an earlier version made and that may only be read.</summary>
    public string? FirstTokenDigest { get; init; }

    public bool HasPassword => PasswordHash is not null;

    /// <summary>Whether this is all the same for what the user may do and whether sessions go on.</summary>
    public bool MaySameAs(KnownUser? other) =>
        other is not null && User.Equals(other.User) && Stamp == other.Stamp && IsDisabled == other.IsDisabled && MayUseApi == other.MayUseApi;

    /// <param name="record">A record of the users table, perhaps one of an earlier version.</param>
    /// <param name="isStored">Whether the database keeps it.</param>
    public static KnownUser? From(Record record, bool isStored)
    {
        if (record["name"] is not string name || !RoleNames.TryParse(record["role"] as string, out var role))
        {
            return null;
        }

        object? Of(string field) => record.Schema.Find(field) is null ? null : record[field];
        var createdAt = Of("created_at") as DateTimeOffset?;
        return new KnownUser(new User(name, role) { IsService = Of("kind") is "service" })
        {
            CreatedAt = createdAt,
            Stamp = Of("stamp") as string ?? (createdAt is { } at ? ValueText.Plain(at) : ""),
            IsStored = isStored,
            IsDisabled = Of("is_disabled") is true,
            MayUseApi = Of("may_use_api") is not false,
            Email = Of("email") as string,
            PasswordHash = Of("password_hash") as string,
            FailedSignIns = Of("failed_sign_ins") as long? ?? 0,
            LockedUntil = Of("locked_until") as DateTimeOffset?,
            ExternalId = Of("external_id") as string,
            FirstTokenDigest = Of("token_digest") as string,
        };
    }
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
