using Tandem.Access;

namespace Tandem.Web.SignIn;

/// <summary>Links that sign one person in once. They live in memory and end with the process. Safe from any thread.</summary>
internal sealed class SignInLinks(TimeProvider clock)
{
    /// <summary>How long the link printed at start is good for.</summary>
    public static readonly TimeSpan ForConsole = TimeSpan.FromHours(1);

    /// <summary>How long an invitation is good for.</summary>
    public static readonly TimeSpan ForInvitation = TimeSpan.FromDays(7);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (string User, string Stamp, DateTimeOffset Expires)> _links = new(StringComparer.Ordinal);

    /// <summary>Makes a code that <c>/sign-in?code=…</c> takes once.</summary>
    /// <param name="user">Whom it signs in.</param>
    /// <param name="lifetime">How long it is good for.</param>
    /// <param name="stamp">The <see cref="KnownUser.Stamp"/> of an invited user: the link must not sign in a later one of the same name.</param>
    public string Create(User user, TimeSpan lifetime, string stamp = "")
    {
        var now = clock.GetUtcNow();
        var code = Tokens.New();
        lock (_lock)
        {
            foreach (var old in _links.Where(l => l.Value.Expires <= now).Select(l => l.Key).ToList())
            {
                _links.Remove(old);
            }

            _links[Tokens.DigestOf(code)] = (user.Name, stamp, now + lifetime);
        }

        return code;
    }

    /// <summary>Uses a code up.</summary>
    /// <returns>The name and stamp of its user, or null when it was used already, expired or never given out.</returns>
    public (string Name, string Stamp)? Take(string code)
    {
        lock (_lock)
        {
            return _links.Remove(Tokens.DigestOf(code), out var link) && link.Expires > clock.GetUtcNow() ? (link.User, link.Stamp) : null;
        }
    }

    /// <summary>Makes the codes of a user useless.</summary>
    public void Revoke(string user)
    {
        lock (_lock)
        {
            foreach (var code in _links.Where(l => l.Value.User == user).Select(l => l.Key).ToList())
            {
                _links.Remove(code);
            }
        }
    }
}
