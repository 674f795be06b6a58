namespace Tandem.Access;

/// <summary>Who is asking. Immutable; two users are equal when all that rights depend on is.</summary>
/// <param name="Name">The name that the journal and other people see.</param>
/// <param name="Role">What the user may do before any grant is asked.</param>
public sealed record User(string Name, Role Role)
{
    /// <summary>Every group the user is in, directly or through another group, in order of name. Default: none.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Whether this is a program with an account of its own, not a person. Default: false.</summary>
    public bool IsService { get; init; }

    /// <summary>What the token that was presented is good for, such as <c>view</c> or <c>change:orders</c>; null for all that the user may do. Default: null.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>Who looks through this user's eyes, and so may only look; null when the user does. Default: null.</summary>
    public string? SeenBy { get; init; }

    public bool Equals(User? other) => other is not null
        && Name == other.Name && Role == other.Role && IsService == other.IsService && SeenBy == other.SeenBy
        && Groups.SequenceEqual(other.Groups, StringComparer.Ordinal)
        && (Scopes is null ? other.Scopes is null : other.Scopes is not null && Scopes.SequenceEqual(other.Scopes, StringComparer.Ordinal));

    public override int GetHashCode() => HashCode.Combine(Name, Role, IsService, Groups.Count);
}

/// <summary>What a user may do with every table before any grant is asked.</summary>
public enum Role
{
    /// <summary>Look.</summary>
    Viewer,

    /// <summary>Look, add, change and delete.</summary>
    Editor,

    /// <summary>Everything an editor may, on Tandem's own tables too, and administer: users, rights, schema.</summary>
    Administrator,

    /// <summary>Nothing but what grants and policies give.</summary>
    Member,
}
