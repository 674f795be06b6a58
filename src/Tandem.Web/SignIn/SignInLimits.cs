using System.Globalization;
using System.Net;
using Tandem.Accounts;

namespace Tandem.Web.SignIn;

/// <summary>
/// How often sign-ins may be tried: by address and by account, within a minute. A place is taken before anything is looked at and given back
/// when the sign-in succeeds, so many at once get no further than many in a row. Names that nobody has are locked here as accounts are in the
/// table, so that a lock tells nothing. Lives in this process; safe from any thread.
/// </summary>
/// <remarks>The framework's limiters go by the machine's clock; these go by the application's.</remarks>
internal sealed class SignInLimits(TandemApp app, TimeProvider clock)
{
    private const int MostKept = 20_000;
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (int Count, DateTimeOffset Until)> _tries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Failures, DateTimeOffset Until)> _unknown = new(StringComparer.Ordinal);

    private SignInOptions Options => app.Options.SignIn;

    /// <summary>Takes a place for one try.</summary>
    /// <param name="address">Where it comes from; null for a connection without one.</param>
    /// <param name="account">The name it is for, or null for none.</param>
    /// <returns>How long to wait when there is no place, else null.</returns>
    public TimeSpan? Enter(IPAddress? address, string? account)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            Tidy(_tries, now, t => t.Until);
            var (byAddress, byAccount) = Keys(address, account);
            if (Wait(byAddress, Options.FailuresPerAddress, now) is { } first)
            {
                return first;
            }

            if (byAccount is not null && Wait(byAccount, Options.FailuresPerAccount, now) is { } second)
            {
                return second;
            }

            Add(byAddress, now);
            if (byAccount is not null)
            {
                Add(byAccount, now);
            }

            return null;
        }
    }

    /// <summary>Gives a place back: the sign-in succeeded.</summary>
    public void Leave(IPAddress? address, string? account)
    {
        lock (_lock)
        {
            var (byAddress, byAccount) = Keys(address, account);
            foreach (var key in new[] { byAddress, byAccount })
            {
                if (key is not null && _tries.TryGetValue(key, out var tries))
                {
                    _tries[key] = tries with { Count = tries.Count - 1 };
                }
            }
        }
    }

    /// <summary>When a name that nobody has is looked at again; null when it is not locked.</summary>
    public DateTimeOffset? LockOfUnknown(string name)
    {
        lock (_lock)
        {
            return _unknown.TryGetValue(name, out var known) && known.Failures == 0 && known.Until > clock.GetUtcNow() ? known.Until : null;
        }
    }

    /// <summary>Counts a wrong password for a name that nobody has, or that has none.</summary>
    /// <returns>Until when it is locked by that; null when it is not.</returns>
    public DateTimeOffset? CountUnknown(string name)
    {
        var now = clock.GetUtcNow();
        lock (_lock)
        {
            Tidy(_unknown, now, u => u.Until);
            var failures = (_unknown.TryGetValue(name, out var known) ? known.Failures : 0) + 1;
            if (failures < Options.Passwords.FailuresUntilLock)
            {
                _unknown[name] = (failures, now + TimeSpan.FromDays(1));
                return null;
            }

            _unknown[name] = (0, now + Options.Passwords.LockFor);
            return now + Options.Passwords.LockFor;
        }
    }

    private TimeSpan? Wait(string key, int limit, DateTimeOffset now) =>
        _tries.TryGetValue(key, out var tries) && tries.Until > now && tries.Count >= limit ? tries.Until - now : null;

    private void Add(string key, DateTimeOffset now) =>
        _tries[key] = _tries.TryGetValue(key, out var tries) && tries.Until > now ? tries with { Count = tries.Count + 1 } : (1, now + s_window);

    // Whoever has one IPv6 address has all of its network.
    private static (string Address, string? Account) Keys(IPAddress? address, string? account)
    {
        var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        var place = plain is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetworkV6 }
            ? Convert.ToHexString(plain.GetAddressBytes().AsSpan(0, 8))
            : Convert.ToString(plain, CultureInfo.InvariantCulture);
        return ("a " + place, account is null ? null : "n " + account);
    }

    private static void Tidy<T>(Dictionary<string, T> all, DateTimeOffset now, Func<T, DateTimeOffset> until)
    {
        if (all.Count < MostKept)
        {
            return;
        }

        var gone = all.Where(a => until(a.Value) <= now).Select(a => a.Key).ToList();
        if (gone.Count == 0)
        {
            gone.AddRange(all.OrderBy(a => until(a.Value)).Take(MostKept / 10).Select(a => a.Key));
        }

        gone.ForEach(key => all.Remove(key));
    }
}
