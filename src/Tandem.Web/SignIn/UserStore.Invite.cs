using Tandem.Access;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Web.SignIn;

/// <summary>What became of an invitation or a change to a user.</summary>
internal abstract record InviteResult
{
    private InviteResult()
    {
    }

    /// <summary>The user may sign in now.</summary>
    /// <param name="User">Name and role.</param>
    /// <param name="Token">The API token; it is never shown again.</param>
    /// <param name="Code">What <c>/sign-in?code=…</c> takes once.</param>
    public sealed record Invited(User User, string Token, string Code) : InviteResult;

    /// <summary>The values were refused.</summary>
    public sealed record Refused(IReadOnlyList<FieldError> Errors) : InviteResult;
}

/// <summary>How the store changes. Callers have asked for the right to administer.</summary>
internal sealed partial class UserStore
{
    public async Task<InviteResult> InviteAsync(string name, Role role, User by, CancellationToken cancellationToken)
    {
        name = name.Trim();
        if (name.Length is 0 or > 200 || name.Any(char.IsControl))
        {
            return Refuse("Enter a name of 1 to 200 characters.");
        }

        if (FindKnown(name) is not null)
        {
            return Refuse($"There is a user named '{name}' already. Choose another name.");
        }

        var token = Tokens.New();
        // Databases keep microseconds; the stamp must read back the same.
        var now = clock.GetUtcNow();
        var user = new KnownUser(new User(name, role), Tokens.DigestOf(token), now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond)));
        if (_table is { } table)
        {
            var values = new Patch(
            [
                new("name", name), new("role", RoleNames.Of(role)), new("token_digest", user.TokenDigest), new("created_at", user.CreatedAt),
            ]);
            var result = await table.WriteAsync(new Write.Insert(values, new WriteContext(by.Name)), cancellationToken);
            switch (result)
            {
                case WriteResult.Written written:
                    user = KnownUser.From(written.Stored) ?? user;
                    break;
                case WriteResult.Rejected rejected:
                    return new InviteResult.Refused(rejected.Errors);
                default:
                    return Refuse($"There is a user named '{name}' already. Choose another name.");
            }
        }

        Put(name, user);
        return new InviteResult.Invited(user.User, token, links.Create(user.User, SignInLinks.ForInvitation));
    }

    /// <summary>Gives an invited user another role.</summary>
    /// <returns>Whether there is such an invited user.</returns>
    public async Task<bool> ChangeRoleAsync(string name, Role role, User by, CancellationToken cancellationToken)
    {
        KnownUser? known;
        lock (_lock)
        {
            known = _invited.GetValueOrDefault(name);
        }

        if (known is null)
        {
            return false;
        }

        if (_table is { } table)
        {
            var update = new Write.Update(new RecordKey(name), Patch.Of("role", RoleNames.Of(role)), Guard.None, new WriteContext(by.Name));
            if (await table.WriteAsync(update, cancellationToken) is not WriteResult.Written)
            {
                return false;
            }
        }

        Put(name, known with { User = new User(name, role) });
        return true;
    }

    /// <summary>Removes an invited user: cookies, token and links end at once.</summary>
    /// <returns>Whether there was such an invited user; users that options name stay.</returns>
    public async Task<bool> RemoveAsync(string name, User by, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_invited.ContainsKey(name))
            {
                return false;
            }
        }

        if (_table is { } table)
        {
            await table.WriteAsync(new Write.Delete(new RecordKey(name), Guard.None, new WriteContext(by.Name)), cancellationToken);
        }

        links.Revoke(name);
        Put(name, null);
        return true;
    }

    private static InviteResult.Refused Refuse(string message) => new([new FieldError("name", message)]);
}
