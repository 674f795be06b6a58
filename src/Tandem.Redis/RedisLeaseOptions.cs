namespace Tandem.Redis;

/// <summary>How leases are kept in Redis. The same on every node.</summary>
public sealed class RedisLeaseOptions
{
    /// <summary>What the names of keys and channels begin with, so that several applications may share a server. Default: <c>tandem:</c>.</summary>
    public string Prefix { get; set; } = "tandem:";

    /// <summary>The longest that a lease may last. Default: 30 seconds.</summary>
    public TimeSpan LongestLease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a restarted server grants nothing. Default: null, for as long as the longest lease lasts, which is safe whatever the server forgot. Zero only where it writes every change to disk before it answers (<c>appendfsync always</c>).</summary>
    public TimeSpan? RestartPause { get; set; }

    /// <summary>How long an answer is waited for. Default: 5 seconds.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(5);

    internal void Check()
    {
        if (LongestLease <= TimeSpan.Zero)
        {
            throw new ArgumentException($"{nameof(LongestLease)} must be longer than nothing.");
        }

        if (RestartPause < TimeSpan.Zero)
        {
            throw new ArgumentException($"{nameof(RestartPause)} cannot be less than nothing.");
        }

        if (Patience <= TimeSpan.Zero)
        {
            throw new ArgumentException($"{nameof(Patience)} must be longer than nothing.");
        }
    }
}
