using System.Net;
using Microsoft.Extensions.Logging;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Web.SignIn;

/// <summary>What became of a try to sign in.</summary>
internal abstract record SignInResult
{
    private SignInResult()
    {
    }

    public sealed record Passed(KnownUser User) : SignInResult;

    /// <summary>No such user, or no such password: the same for both.</summary>
    public sealed record Wrong : SignInResult;

    /// <summary>The password is right, and the account switched off.</summary>
    public sealed record Disabled : SignInResult;

    /// <summary>Too many were wrong.</summary>
    public sealed record Wait(TimeSpan For) : SignInResult;
}

/// <summary>Signs in by name and password, or by a token typed into the form. Limits and locks apply to both.</summary>
internal sealed partial class PasswordSignIn(UserStore users, SignInLimits limits, TimeProvider clock, ILogger<PasswordSignIn> logger)
{
    /// <summary>
    /// Failures are answered no sooner than this. Hashing takes as long for a name that nobody has, but only a known one's failure is written down,
    /// and how long a write takes shall not tell.
    /// </summary>
    public static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(250);

    public async Task<SignInResult> TryAsync(IPAddress? address, string name, string password, CancellationToken cancellationToken)
    {
        var begun = clock.GetTimestamp();
        if (limits.Enter(address, name) is { } wait)
        {
            LogLimited(address);
            return new SignInResult.Wait(wait);
        }

        var result = await CheckAsync(name, password, cancellationToken);
        if (result is SignInResult.Passed)
        {
            limits.Leave(address, name);
            LogPassed(name, address);
        }
        else
        {
            // A name that nobody has may be a password typed into the wrong field.
            LogRefused(users.FindKnown(name) is null ? "somebody unknown" : name, address, result is SignInResult.Wait ? "locked" : result is SignInResult.Disabled ? "switched off" : "wrong");
            if (LeastWait - clock.GetElapsedTime(begun) is var rest && rest > TimeSpan.Zero)
            {
                await Task.Delay(rest, clock, cancellationToken);
            }
        }

        return result;
    }

    public SignInResult TryToken(IPAddress? address, string token)
    {
        if (limits.Enter(address, null) is { } wait)
        {
            LogLimited(address);
            return new SignInResult.Wait(wait);
        }

        switch (users.CheckToken(token))
        {
            // A token of few rights makes no session of all of them.
            case TokenCheck.Passed { Token.Scopes: not null }:
                return new SignInResult.Wrong();
            case TokenCheck.Passed passed:
                limits.Leave(address, null);
                LogPassed(passed.User.User.Name, address);
                return new SignInResult.Passed(passed.User);
            default:
                LogRefused("somebody with a token", address, "wrong");
                return new SignInResult.Wrong();
        }
    }

    private async Task<SignInResult> CheckAsync(string name, string password, CancellationToken cancellationToken)
    {
        if (limits.LockOfUnknown(name) is { } locked)
        {
            return Until(locked);
        }

        return await users.Book.CheckPasswordAsync(name, password, cancellationToken) switch
        {
            PasswordCheck.Right { IsDisabled: true } => new SignInResult.Disabled(),
            PasswordCheck.Right when users.FindKnown(name) is { } user => new SignInResult.Passed(user),
            PasswordCheck.Locked { Until: var until } => Until(until),
            PasswordCheck.Wrong { IsCounted: false } when limits.CountUnknown(name) is { } until => Until(until),
            _ => new SignInResult.Wrong(),
        };
    }

    [LoggerMessage(1023, LogLevel.Information, "{User} signed in from {Address}")]
    private partial void LogPassed(string user, IPAddress? address);

    [LoggerMessage(1024, LogLevel.Information, "A sign-in of {User} from {Address} was refused: {Why}")]
    private partial void LogRefused(string user, IPAddress? address, string why);

    [LoggerMessage(1025, LogLevel.Warning, "Sign-ins from {Address} are tried too often; they are not looked at for a while")]
    private partial void LogLimited(IPAddress? address);

    private SignInResult.Wait Until(DateTimeOffset end) => new(end - clock.GetUtcNow());
}
