using Microsoft.Extensions.Logging;
using Tandem.Access;
using Tandem.Tables;

namespace Tandem.Web.SignIn;

/// <summary>
/// Who may sign in: the users that options name, and those invited, who are records of the users table. Lookups come from
/// memory, which follows the table's changes, so a changed role or a removal made on any node counts at once.
/// </summary>
internal sealed partial class UserStore(TandemApp app, SignInLinks links, TimeProvider clock, ILogger<UserStore> logger)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, KnownUser> _invited = new(StringComparer.Ordinal);
    private ITable? _table;

    /// <summary>A user was added, changed or removed: the name. Raised outside any lock.</summary>
    public event Action<string>? Changed;

    /// <summary>The user of a name, or null.</summary>
    public User? Find(string name) => FindKnown(name)?.User;

    /// <summary>The user whose token this is, or null.</summary>
    public KnownUser? FindByToken(string token)
    {
        KnownUser? found = null;
        foreach (var (user, own) in Named())
        {
            // Every token is compared, whichever matches, so that the time taken tells nothing.
            if (own is { Length: > 0 } && Tokens.Same(own, token))
            {
                found ??= new KnownUser(user, null, null);
            }
        }

        var digest = Tokens.DigestOf(token);
        lock (_lock)
        {
            return found ?? _invited.Values.FirstOrDefault(u => u.TokenDigest == digest);
        }
    }

    public KnownUser? FindKnown(string name)
    {
        foreach (var (user, _) in Named())
        {
            if (user.Name == name)
            {
                return new KnownUser(user, null, null);
            }
        }

        lock (_lock)
        {
            return _invited.GetValueOrDefault(name);
        }
    }

    /// <summary>Everybody, by name; those that options name come first.</summary>
    public IReadOnlyList<KnownUser> List()
    {
        lock (_lock)
        {
            return [.. Named().Select(n => new KnownUser(n.User, null, null)), .. _invited.Values.OrderBy(u => u.User.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>The users that options name; the administrator is always one of them, with or without a token.</summary>
    private IEnumerable<(User User, string? Token)> Named()
    {
        yield return (new User("administrator", Role.Administrator), app.Options.AdministratorToken);
        if (app.Options.EditorToken is { Length: > 0 } editor)
        {
            yield return (new User("editor", Role.Editor), editor);
        }

        if (app.Options.ViewerToken is { Length: > 0 } viewer)
        {
            yield return (new User("viewer", Role.Viewer), viewer);
        }
    }
}
