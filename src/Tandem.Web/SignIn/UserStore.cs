using Microsoft.Extensions.Logging;
using Tandem.Access;
using Tandem.Tables;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Web.SignIn;

/// <summary>
/// Who may sign in: the users that options name, and those of the users table, with the groups they are in. Lookups come from memory, which
/// follows the tables' changes, so a changed role, group or token, or a removal, made on any node counts at once.
/// </summary>
internal sealed partial class UserStore(TandemApp app, TimeProvider clock, ILogger<UserStore> logger)
{
    private readonly Lock _lock = new();
    private readonly AccountIndex _index = new();
    private AccountBook? _book;

    /// <summary>What a user may do was changed, or the user was added or removed: the name. Raised outside any lock.</summary>
    public event Action<string>? Changed;

    /// <summary>Sessions or tokens of a user ended, all of them or some: the name. Whoever still may, connects again. Raised outside any lock, after <see cref="Changed"/>.</summary>
    public event Action<string>? Ended;

    /// <summary>Records of one of the tables were taken in: its short name. Raised outside any lock, after <see cref="Changed"/> and <see cref="Ended"/>.</summary>
    public event Action<string>? Heard;

    public Tandem.Accounts.SignInOptions Options => app.Options.SignIn;

    /// <summary>Writes accounts; what it wrote counts here before it answers.</summary>
    public AccountBook Book => _book ?? throw new InvalidOperationException("Tandem's database is not open yet. Start the host first, or ask after it has started.");

    /// <summary>The user of a name, or null when there is none or nobody may sign in by it for now.</summary>
    public User? Find(string name) => FindKnown(name) is { IsDisabled: false } known ? known.User : null;

    public KnownUser? FindKnown(string name)
    {
        lock (_lock)
        {
            return _index.Find(name) ?? _brought.GetValueOrDefault(name)?.Known;
        }
    }

    /// <summary>The user whom the OpenID provider knows by an id, or null.</summary>
    public KnownUser? FindExternal(string id)
    {
        lock (_lock)
        {
            return _index.FindExternal(id);
        }
    }

    /// <summary>Everybody, by name; those that options name come first.</summary>
    public IReadOnlyList<KnownUser> List()
    {
        lock (_lock)
        {
            return [.. _index.Users.OrderBy(u => !u.IsNamed).ThenBy(u => u.User.Role != Role.Administrator && u.IsNamed).ThenBy(u => u.User.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>Every group, by name.</summary>
    public IReadOnlyList<KnownGroup> Groups()
    {
        lock (_lock)
        {
            return [.. _index.Groups.Groups.OrderBy(g => g.Name, StringComparer.Ordinal)];
        }
    }

    public KnownGroup? FindGroup(string name)
    {
        lock (_lock)
        {
            return _index.Groups.Find(name);
        }
    }

    /// <summary>Who was put into a group: groups first, then users, by name.</summary>
    public IReadOnlyList<Member> MembersOf(string group)
    {
        lock (_lock)
        {
            return [.. _index.Groups.MembersOf(group).OrderBy(m => !m.IsGroup).ThenBy(m => m.Name, StringComparer.Ordinal)];
        }
    }

    /// <summary>The groups that a user was put into, without those that follow, by name.</summary>
    public IReadOnlyList<string> DirectGroupsOf(string user)
    {
        lock (_lock)
        {
            return [.. _index.Groups.DirectOf(false, user).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>The tokens of a user, the newest first.</summary>
    public IReadOnlyList<KnownToken> TokensOf(string user)
    {
        lock (_lock)
        {
            return [.. _index.TokensOf(user).OrderByDescending(t => t.CreatedAt).ThenBy(t => t.Id, StringComparer.Ordinal)];
        }
    }

    /// <summary>The users that options name; the administrator is always one of them, with or without a token. None where the application brings its own authentication.</summary>
    private IEnumerable<(User User, string? Token)> Named()
    {
        if (app.Options.SignIn.FromPrincipal is not null)
        {
            yield break;
        }

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
