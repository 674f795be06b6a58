using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tandem.Tables;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Web.SignIn;

/// <summary>What became of a token that was presented.</summary>
internal abstract record TokenCheck
{
    private TokenCheck()
    {
    }

    /// <param name="User">Who it is, with the token's scopes.</param>
    /// <param name="Token">The token; null for one that options name.</param>
    public sealed record Passed(KnownUser User, KnownToken? Token) : TokenCheck;

    /// <param name="IsKnown">Whether the token is good and only its user may not use it.</param>
    /// <param name="Message">Why, with the remedy.</param>
    public sealed record Refused(bool IsKnown, string Message) : TokenCheck;
}

/// <content>Tokens.</content>
internal sealed partial class UserStore
{
    private static readonly TimeSpan s_noteEvery = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _noted = new(StringComparer.Ordinal);
    private Task _noting = Task.CompletedTask;

    /// <summary>Finds whose token this is, and whether it may be used.</summary>
    public TokenCheck CheckToken(string token)
    {
        string? named = null;
        foreach (var (user, own) in Named())
        {
            // Every token is compared, whichever matches, so that the time taken tells nothing.
            if (own is { Length: > 0 } && Tokens.Same(own, token))
            {
                named ??= user.Name;
            }
        }

        if (named is not null && FindKnown(named) is { } known)
        {
            return Judge(known, null);
        }

        var digest = Tokens.DigestOf(token);
        lock (_lock)
        {
            return _index.FindDigest(digest) is { } found ? CheckKnown(found)
                : _index.FindFirstToken(digest) is { } first ? Judge(first, null)
                : new TokenCheck.Refused(false, "The token is not known. Check that all of it was copied.");
        }
    }

    /// <summary>Looks at a token again that a request began with.</summary>
    public TokenCheck CheckAgain(string id)
    {
        lock (_lock)
        {
            return _index.FindToken(id) is { } token ? CheckKnown(token) : new TokenCheck.Refused(false, "The token is not there any more.");
        }
    }

    /// <summary>Notes that a token was used, in the background and at most once a minute.</summary>
    public void NoteUse(KnownToken token)
    {
        var now = clock.GetUtcNow();
        if (now - (token.LastUsedAt ?? DateTimeOffset.MinValue) < s_noteEvery || now - _noted.GetValueOrDefault(token.Id) < s_noteEvery || app.Database.IsReadOnly)
        {
            return;
        }

        lock (_lock)
        {
            // One at a time: what is passed over is noted by a later request.
            if (_noting.IsCompleted)
            {
                _noted[token.Id] = now;
                _noting = NoteAsync(token);
            }
        }
    }

    private async Task NoteAsync(KnownToken token)
    {
        await Task.Yield();
        try
        {
            await Book.NoteUseAsync(token, _stop.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException || !_stop.IsCancellationRequested)
        {
            LogNotNoted(e);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private TokenCheck CheckKnown(KnownToken token) =>
        token.RevokedAt is not null ? new TokenCheck.Refused(false, "The token was revoked. Ask for a new one.")
        : token.IsExpired(clock.GetUtcNow()) ? new TokenCheck.Refused(false, "The token has expired. Ask for a new one.")
        : _index.Find(token.UserName) is { } user ? Judge(user, token)
        : new TokenCheck.Refused(false, "The token's user was removed.");

    private static TokenCheck Judge(KnownUser user, KnownToken? token) =>
        user.IsDisabled ? new TokenCheck.Refused(true, $"The account of {user.User.Name} is switched off. Ask an administrator.")
        : !user.MayUseApi ? new TokenCheck.Refused(true, $"Programs may not use the account of {user.User.Name}. Ask an administrator to switch REST access on.")
        : new TokenCheck.Passed(token?.Scopes is { } scopes ? user with { User = user.User with { Scopes = scopes } } : user, token);

    [LoggerMessage(1021, LogLevel.Warning, "That a token was used could not be noted")]
    private partial void LogNotNoted(Exception cause);
}
