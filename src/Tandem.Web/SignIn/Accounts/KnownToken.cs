using Tandem.Records;

namespace Tandem.Web.SignIn.Accounts;

/// <summary>A token as the store knows it. Immutable; the token itself is kept nowhere.</summary>
/// <param name="Id">Names it in addresses and sessions.</param>
/// <param name="UserName">Whose it is.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Digest">The digest of the token.</param>
internal sealed record KnownToken(string Id, string UserName, string Name, string Digest)
{
    /// <summary>What it is good for; null for all that the user may do.</summary>
    public IReadOnlyList<string>? Scopes { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Null for a token that ends only when it is revoked.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public bool IsExpired(DateTimeOffset now) => ExpiresAt <= now;

    public static KnownToken? From(Record record) =>
        record["id"] is string id && record["user_name"] is string user && record["digest"] is string digest
            ? new KnownToken(id, user, record["name"] as string ?? "", digest)
            {
                Scopes = ScopeText.Parse(record["scopes"] as string),
                CreatedAt = record["created_at"] as DateTimeOffset?,
                ExpiresAt = record["expires_at"] as DateTimeOffset?,
                LastUsedAt = record["last_used_at"] as DateTimeOffset?,
                RevokedAt = record["revoked_at"] as DateTimeOffset?,
            }
            : null;
}
