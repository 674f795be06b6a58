using System.Security.Claims;
using Tandem.Access;

namespace Tandem.Accounts;

/// <summary>How people and programs tell who they are.</summary>
public sealed class SignInOptions
{
    /// <summary>What passwords must be like, and what wrong ones lead to.</summary>
    public SignInPasswordOptions Passwords { get; } = new();

    /// <summary>How long a session lasts without a request; every request begins it anew. Default: 14 days; from 5 minutes to a year.</summary>
    public TimeSpan SessionLength { get; set; } = TimeSpan.FromDays(14);

    /// <summary>How many sign-ins may fail within a minute that come from one address. Default: 20; at least 1.</summary>
    public int FailuresPerAddress { get; set; } = 20;

    /// <summary>How many sign-ins may be under way or fail within a minute for one account, beside its lock. Default: 10; at least 1.</summary>
    public int FailuresPerAccount { get; set; } = 10;

    /// <summary>Whether people may make tokens for themselves. Administrators may make them for anybody. Default: true.</summary>
    public bool OwnTokens { get; set; } = true;

    /// <summary>Sign-in by an OpenID provider. Default: null, for none.</summary>
    public OpenIdOptions? OpenId { get; set; }

    /// <summary>
    /// Tells who a person is whom the application's own authentication has let in: name, role and groups, or null for nobody. Quick, pure and
    /// safe from any thread. When set, Tandem's own sign-in is off: its pages, passwords, tokens and links. Default: null.
    /// </summary>
    public Func<ClaimsPrincipal, User?>? FromPrincipal { get; set; }

    /// <exception cref="ArgumentException">An option cannot be.</exception>
    internal void Check()
    {
        List<string> faults = [];
        if (Passwords.MinimumLength is < 8 or > 128)
        {
            faults.Add($"{nameof(Passwords)}.{nameof(SignInPasswordOptions.MinimumLength)} must be from 8 to 128, but is {Passwords.MinimumLength}.");
        }

        if (Passwords.FailuresUntilLock < 1 || Passwords.LockFor <= TimeSpan.Zero || Passwords.LockFor > TimeSpan.FromDays(1))
        {
            faults.Add($"{nameof(Passwords)} must lock after at least one failure, for up to a day.");
        }

        if (SessionLength < TimeSpan.FromMinutes(5) || SessionLength > TimeSpan.FromDays(365))
        {
            faults.Add($"{nameof(SessionLength)} must be from 5 minutes to a year, but is {SessionLength}.");
        }

        if (FailuresPerAddress < 1 || FailuresPerAccount < 1)
        {
            faults.Add($"{nameof(FailuresPerAddress)} and {nameof(FailuresPerAccount)} must be at least 1.");
        }

        faults.AddRange(OpenId?.Faults() ?? []);
        if (faults.Count > 0)
        {
            throw new ArgumentException($"{nameof(TandemOptions)}.{nameof(TandemOptions.SignIn)}: {string.Join(" ", faults)}");
        }
    }
}

/// <summary>What passwords must be like, and what wrong ones lead to.</summary>
public sealed class SignInPasswordOptions
{
    /// <summary>The longest password that is taken, in characters. Longer ones are refused, never cut.</summary>
    public const int MaximumLength = 128;

    /// <summary>The shortest password that is taken, in characters. Default: 12; from 8 to 128.</summary>
    public int MinimumLength { get; set; } = 12;

    /// <summary>How many wrong passwords in a row lock an account. Default: 5.</summary>
    public int FailuresUntilLock { get; set; } = 5;

    /// <summary>How long it stays locked. Default: 5 minutes; up to a day.</summary>
    public TimeSpan LockFor { get; set; } = TimeSpan.FromMinutes(5);
}
