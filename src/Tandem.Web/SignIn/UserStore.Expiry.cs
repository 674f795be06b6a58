namespace Tandem.Web.SignIn;

/// <content>Tokens that end by the passing of time: what is open under them ends then, too.</content>
internal sealed partial class UserStore
{
    /// <summary>Timers take no longer waits; then it is looked again.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    private ITimer? _expiry;
    private DateTimeOffset _expiredUntil;

    /// <summary>Waits for the next token to end. Called when tokens may have changed.</summary>
    private void AwaitExpiry()
    {
        lock (_lock)
        {
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            var now = clock.GetUtcNow();
            var wait = _index.NextExpiry(_expiredUntil) is { } next ? next - now : Timeout.InfiniteTimeSpan;
            wait = wait == Timeout.InfiniteTimeSpan ? wait : wait < TimeSpan.Zero ? TimeSpan.Zero : wait > s_longest ? s_longest : wait;
            _expiry ??= clock.CreateTimer(_ => Expire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _expiry.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    private void Expire()
    {
        IReadOnlyList<string> users;
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            users = _index.UsersOfExpired(_expiredUntil, now);
            _expiredUntil = now;
        }

        foreach (var user in users)
        {
            Changed?.Invoke(user);
            Ended?.Invoke(user);
        }

        AwaitExpiry();
    }
}
