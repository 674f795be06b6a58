using Tandem.Leases;

namespace Tandem.Redis;

/// <summary>Puts leases into Redis.</summary>
public static class RedisOptionsExtensions
{
    /// <summary>Keeps the leases of forms in a store that is connected already, in place of the database.</summary>
    /// <param name="leases">The options: <c>tandem.Leases.UseRedis(await RedisLeases.ConnectAsync("localhost:6379"))</c>.</param>
    /// <param name="store">The store; whoever connected it disposes it.</param>
    public static LeaseOptions UseRedis(this LeaseOptions leases, RedisLeases store)
    {
        leases.Store = (_, _) => store;
        return leases;
    }
}
