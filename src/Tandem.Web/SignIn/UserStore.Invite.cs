using Tandem.Access;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Web.SignIn;

/// <summary>What became of an invitation.</summary>
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

/// <summary>What became of a removal.</summary>
internal abstract record RemoveResult
{
    private RemoveResult()
    {
    }

    public sealed record Removed : RemoveResult;

    /// <summary>No invited user has the name.</summary>
    public sealed record Unknown : RemoveResult;

    /// <summary>The user stays.</summary>
    public sealed record Refused(IReadOnlyList<FieldError> Errors) : RemoveResult;
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
        // Where nothing may be written, people are let in all the same and forgotten with the process.
        if (_table is { } table && !app.Database.IsReadOnly)
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
        return new InviteResult.Invited(user.User, token, links.Create(user.User, SignInLinks.ForInvitation, user.Stamp));
    }

    /// <summary>Removes an invited user: cookies, token and links end at once. Users that options name stay.</summary>
    public async Task<RemoveResult> RemoveAsync(string name, User by, CancellationToken cancellationToken)
    {
        KnownUser? known;
        lock (_lock)
        {
            known = _invited.GetValueOrDefault(name);
        }

        if (known is null)
        {
            return new RemoveResult.Unknown();
        }

        if (known.IsStored && app.Database.IsReadOnly)
        {
            return Stays($"This server was started with --read-only, and the database keeps '{name}'. Start it without --read-only to remove them.");
        }

        if (known.IsStored && _table is { } table)
        {
            switch (await table.WriteAsync(new Write.Delete(new RecordKey(name), Guard.None, new WriteContext(by.Name)), cancellationToken))
            {
                case WriteResult.Written or WriteResult.Missing:
                    break;
                case WriteResult.Rejected rejected:
                    return new RemoveResult.Refused(rejected.Errors);
                default:
                    return Stays($"'{name}' was changed by somebody else at the same moment. Try again.");
            }
        }

        Put(name, null);
        return new RemoveResult.Removed();
    }

    private static RemoveResult.Refused Stays(string message) => new([new FieldError("name", message)]);

    private static InviteResult.Refused Refuse(string message) => new([new FieldError("name", message)]);
}
