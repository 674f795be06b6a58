using Microsoft.AspNetCore.Identity;
using Tandem.Accounts;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Web.SignIn.Accounts;

/// <summary>What became of a password that somebody presented.</summary>
internal abstract record PasswordCheck
{
    private PasswordCheck()
    {
    }

    public sealed record Right(bool IsDisabled) : PasswordCheck;

    /// <summary>Wrong, or there is no such user, or the user has none: nobody is told which.</summary>
    /// <param name="IsCounted">Whether the account counts it; where not, there is none or it has no password.</param>
    public sealed record Wrong(bool IsCounted) : PasswordCheck;

    /// <summary>There were too many wrong ones; this one was not looked at.</summary>
    public sealed record Locked(DateTimeOffset Until) : PasswordCheck;
}

/// <content>Passwords, and the lock that wrong ones lead to.</content>
internal sealed partial class AccountBook
{
    private const int MostTries = 20;

    /// <summary>Sets a password. Every session of the user ends, and so does the lock.</summary>
    public async Task<AccountResult> SetPasswordAsync(KnownUser user, string password, string by, CancellationToken cancellationToken)
    {
        if (user.User.IsService)
        {
            return new AccountResult.Refused("password", $"'{user.User.Name}' is a program's account. Make a token for it instead.");
        }

        if (PasswordRules.FindFault(password, user.User.Name, options.Passwords) is { } fault)
        {
            return new AccountResult.Refused("password", fault);
        }

        return await SetOrAddAsync(user, new Patch(
        [
            new("password_hash", PasswordHashes.Of(password)), new("stamp", SignIn.Tokens.New()), new("failed_sign_ins", 0L), new("locked_until", null),
        ]), by, cancellationToken);
    }

    /// <summary>Looks at a password. Unknown names take as long as known ones.</summary>
    public async Task<PasswordCheck> CheckPasswordAsync(string name, string password, CancellationToken cancellationToken)
    {
        var user = await ReadUserAsync(name, cancellationToken);
        if (user?.LockedUntil is { } until && until > clock.GetUtcNow())
        {
            return new PasswordCheck.Locked(until);
        }

        var verdict = password.Length > 4 * SignInPasswordOptions.MaximumLength
            ? PasswordVerificationResult.Failed
            : PasswordHashes.Verify(user?.PasswordHash ?? PasswordHashes.OfNobody, password);
        if (user?.PasswordHash is null)
        {
            return new PasswordCheck.Wrong(IsCounted: false);
        }

        if (verdict == PasswordVerificationResult.Failed)
        {
            return await CountFailureAsync(user, cancellationToken);
        }

        var set = user.FailedSignIns == 0 && user.LockedUntil is null ? Patch.Empty : new Patch([new("failed_sign_ins", 0L), new("locked_until", null)]);
        if (verdict == PasswordVerificationResult.SuccessRehashNeeded)
        {
            set = set.With("password_hash", PasswordHashes.Of(password));
        }

        if (!set.IsEmpty)
        {
            await ChangeUserAsync(name, set, name, cancellationToken);
        }

        return new PasswordCheck.Right(user.IsDisabled);
    }

    /// <summary>Counts a wrong password. The guard keeps those that are tried at the same time, on whatever node, from being counted as one.</summary>
    private async Task<PasswordCheck> CountFailureAsync(KnownUser user, CancellationToken cancellationToken)
    {
        var key = new RecordKey(user.User.Name);
        for (var i = 0; i < MostTries && !await tables.IsFrozenAsync(SystemTables.UsersName, key, cancellationToken); i++)
        {
            if (user.LockedUntil is { } until && until > clock.GetUtcNow())
            {
                return new PasswordCheck.Locked(until);
            }

            var isLast = user.FailedSignIns + 1 >= options.Passwords.FailuresUntilLock;
            DateTimeOffset? lockedUntil = isLast ? Now() + options.Passwords.LockFor : null;
            var guard = new Guard(new Patch([new("failed_sign_ins", user.FailedSignIns), new("locked_until", user.LockedUntil)])) { AllowSettled = false };
            var set = new Patch([new("failed_sign_ins", isLast ? 0L : user.FailedSignIns + 1), new("locked_until", lockedUntil)]);
            var result = await UpdateAsync(SystemTables.UsersName, key, set, guard, user.User.Name, cancellationToken);
            if (result is AccountResult.Done)
            {
                return lockedUntil is { } locked ? new PasswordCheck.Locked(locked) : new PasswordCheck.Wrong(IsCounted: true);
            }

            if (await ReadUserAsync(user.User.Name, cancellationToken) is not { } now)
            {
                break;
            }

            user = now;
        }

        return new PasswordCheck.Wrong(IsCounted: true);
    }

    /// <summary>A user as the tables have it now, without groups; null when there is none.</summary>
    public async Task<KnownUser?> ReadUserAsync(string name, CancellationToken cancellationToken)
    {
        var (record, isKept) = await tables.GetAsync(SystemTables.UsersName, new RecordKey(name), cancellationToken);
        return record is null ? null : KnownUser.From(record, isKept);
    }
}
