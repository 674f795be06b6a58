using System.Security.Claims;
using Tandem.Access;

namespace Tandem.Web.SignIn;

/// <content>Users whom the application's own authentication lets in. They are known from the moment they ask for something.</content>
internal sealed partial class UserStore
{
    private const int MostBrought = 100_000;
    private readonly Dictionary<string, (KnownUser Known, DateTimeOffset SeenAt)?> _brought = new(StringComparer.Ordinal);

    /// <summary>Whether the application brings its own authentication, so that Tandem's sign-in is off.</summary>
    public bool IsBrought => app.Options.SignIn.FromPrincipal is not null;

    /// <summary>Who a principal is, as the application maps it; null for nobody.</summary>
    public KnownUser? Bring(ClaimsPrincipal principal)
    {
        if (app.Options.SignIn.FromPrincipal!(principal) is not { } user)
        {
            return null;
        }

        // In order and once each, so that the same groups in another order are no other user.
        var known = new KnownUser(user with { Groups = [.. user.Groups.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] });
        bool isOther;
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            var before = _brought.GetValueOrDefault(user.Name)?.Known;
            isOther = before is not null && !known.MaySameAs(before);
            if (before is null && _brought.Count >= MostBrought)
            {
                var oldest = _brought.OrderBy(b => b.Value!.Value.SeenAt).Take(MostBrought / 10).Select(b => b.Key).ToList();
                oldest.ForEach(o => _brought.Remove(o));
            }

            _brought[user.Name] = (known, now);
        }

        if (isOther)
        {
            Changed?.Invoke(user.Name);
        }

        return known;
    }
}
