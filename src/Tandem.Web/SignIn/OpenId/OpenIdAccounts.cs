using System.Text.Json;
using Tandem.Access;
using Tandem.Accounts;
using Tandem.Records;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Web.SignIn.OpenId;

/// <summary>Finds or makes the account of somebody whom the provider knows, and brings its groups and role up to date.</summary>
/// <remarks>
/// The first sign-in finds the account by the name that the provider gives and ties it to the provider's own id of the person; from then on only
/// that id counts. So an administrator who adds an account for a name trusts the provider to give that name to nobody else, that one time.
/// </remarks>
internal sealed class OpenIdAccounts(UserStore users)
{
    private const string Provider = "openid";

    /// <returns>The user; null for somebody who has no account here, or whose account is another's or switched off.</returns>
    public async Task<KnownUser?> FindAsync(JsonElement claims, OpenIdOptions options, CancellationToken cancellationToken)
    {
        var id = $"{IdToken.Text(claims, "iss")} {IdToken.Text(claims, "sub")}";
        var groups = GroupsOf(claims, options.GroupsClaim);
        var user = users.FindExternal(id);
        if (user is null)
        {
            if (IdToken.Text(claims, options.NameClaim)?.Trim() is not { Length: > 0 } name)
            {
                throw new OpenIdException($"The id token has no claim '{options.NameClaim}' to go by. Name another claim.");
            }

            user = users.FindKnown(name) is { } known ? await TieAsync(known, id, cancellationToken)
                : options.AddsUnknown ? await AddAsync(name, id, claims, options, cancellationToken)
                : null;
        }

        if (user is null or { IsDisabled: true })
        {
            return null;
        }

        var current = user.User.Name;
        await SetRoleAsync(user, groups, options, cancellationToken);
        await SetGroupsAsync(current, groups, options, cancellationToken);
        return users.FindKnown(current);
    }

    /// <summary>Ties an account to the provider's id, unless it is tied to another, a program's, or named by the server's options.</summary>
    private async Task<KnownUser?> TieAsync(KnownUser user, string id, CancellationToken cancellationToken) =>
        user is { ExternalId: null, IsNamed: false, User.IsService: false }
        && await users.Book.ChangeUserAsync(user.User.Name, Patch.Of("external_id", id), Provider, cancellationToken) is AccountResult.Done
            ? users.FindKnown(user.User.Name)
            : null;

    private async Task<KnownUser?> AddAsync(string name, string id, JsonElement claims, OpenIdOptions options, CancellationToken cancellationToken)
    {
        var added = new NewUser(name, options.NewRole) { Email = IdToken.Text(claims, "email"), ExternalId = id };
        return await users.Book.AddUserAsync(added, Provider, cancellationToken) is AccountResult.Done ? users.FindKnown(name) : null;
    }

    private async Task SetRoleAsync(KnownUser user, HashSet<string> groups, OpenIdOptions options, CancellationToken cancellationToken)
    {
        var roles = options.Roles.Where(r => groups.Contains(r.Key)).Select(r => r.Value).ToList();
        if (roles.Count > 0 && roles.MaxBy(Rank) is var role && role != user.User.Role && !user.IsNamed)
        {
            await users.Book.ChangeUserAsync(user.User.Name, Patch.Of("role", RoleNames.Of(role)), Provider, cancellationToken);
        }
    }

    private async Task SetGroupsAsync(string name, HashSet<string> theirs, OpenIdOptions options, CancellationToken cancellationToken)
    {
        var wanted = options.Groups.Where(g => theirs.Contains(g.Key)).Select(g => g.Value).ToHashSet(StringComparer.Ordinal);
        var now = users.DirectGroupsOf(name);
        foreach (var group in options.Groups.Values.Distinct(StringComparer.Ordinal))
        {
            if (wanted.Contains(group) && !now.Contains(group))
            {
                if (users.FindGroup(group) is null)
                {
                    await users.Book.AddGroupAsync(group, null, null, Provider, cancellationToken);
                }

                await users.Book.AddMemberAsync(new Member(group, false, name), Provider, cancellationToken);
            }
            else if (!wanted.Contains(group) && now.Contains(group))
            {
                await users.Book.RemoveMemberAsync(new Member(group, false, name), Provider, cancellationToken);
            }
        }
    }

    private static HashSet<string> GroupsOf(JsonElement claims, string claim) => !claims.TryGetProperty(claim, out var value) ? []
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Where(g => g.ValueKind == JsonValueKind.String).Select(g => g.GetString()!)]
        : value.ValueKind == JsonValueKind.String ? [value.GetString()!]
        : [];

    private static int Rank(Role role) => role switch
    {
        Role.Administrator => 3,
        Role.Editor => 2,
        Role.Viewer => 1,
        _ => 0,
    };
}
