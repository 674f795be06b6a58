using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Web.SignIn.Accounts;

/// <content>Tokens: what programs present in place of a password.</content>
internal sealed partial class AccountBook
{
    /// <summary>The longest a token's name may be.</summary>
    private const int LongestName = 200;

    /// <summary>Makes a token; its text is in the answer and nowhere else.</summary>
    /// <param name="user">Whose it is; the caller knows that there is such a user.</param>
    /// <param name="name">What it is for.</param>
    /// <param name="scopes">What it is good for, or null for all that the user may do.</param>
    /// <param name="expiresAt">When it ends, or null for when it is revoked.</param>
    /// <param name="by">Who makes it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<AccountResult> AddTokenAsync(string user, string name, string? scopes, DateTimeOffset? expiresAt, string by, CancellationToken cancellationToken)
    {
        name = name.Trim();
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl))
        {
            return new AccountResult.Refused("name", "Say in 1 to 200 characters what the token is for.");
        }

        if (ScopeText.FindFault(scopes) is { } fault)
        {
            return new AccountResult.Refused("scopes", fault);
        }

        if (expiresAt <= clock.GetUtcNow())
        {
            return new AccountResult.Refused("expiresAt", "Choose an end that is still to come, or none.");
        }

        var (id, token) = (NewId(), SignIn.Tokens.New());
        return await WriteAsync([SystemTables.TokensName], [new Write.Insert(TokenValues(id, user, name, token, ScopeText.Normal(scopes), expiresAt), new WriteContext(by))], cancellationToken)
            ?? new AccountResult.Done { Id = id, Secret = token };
    }

    /// <summary>Ends a token at once. It stays in the list as revoked.</summary>
    public async Task<AccountResult> RevokeTokenAsync(string user, string id, string by, CancellationToken cancellationToken)
    {
        var (record, _) = await tables.GetAsync(SystemTables.TokensName, new RecordKey(id), cancellationToken);
        return record is null || record["user_name"] as string != user ? new AccountResult.Unknown($"'{user}' has no token of this id.")
            : record["revoked_at"] is not null ? new AccountResult.Done()
            : await UpdateAsync(SystemTables.TokensName, record.Key, Patch.Of("revoked_at", Now()), Guard.None, by, cancellationToken);
    }

    /// <summary>Notes that a token was used, once a minute at most; nodes that note the same minute do no harm.</summary>
    public Task NoteUseAsync(KnownToken token, CancellationToken cancellationToken) =>
        UpdateAsync(SystemTables.TokensName, new RecordKey(token.Id), Patch.Of("last_used_at", Now()), Guard.None, token.UserName, cancellationToken);

    /// <summary>The tokens of a user, read from the tables.</summary>
    public async Task<IReadOnlyList<KnownToken>> TokensAsync(string user, CancellationToken cancellationToken) =>
        [.. (await tables.AllAsync(SystemTables.TokensName, Filter.Eq("user_name", user), cancellationToken)).Select(r => KnownToken.From(r.Record)).OfType<KnownToken>()];

    private Patch TokenValues(string id, string user, string name, string token, string? scopes, DateTimeOffset? expiresAt) => new(
    [
        new("id", id), new("user_name", user), new("name", name), new("digest", SignIn.Tokens.DigestOf(token)), new("scopes", scopes),
        new("created_at", Now()), new("expires_at", expiresAt),
    ]);
}
