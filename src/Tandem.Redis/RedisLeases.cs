using System.Globalization;
using StackExchange.Redis;
using Tandem.Leases;
using Tandem.Tables;

namespace Tandem.Redis;

/// <summary>
/// Leases in Redis. A lease is a key with an expiry, set by <c>SET NX PX</c>, renewed and given back by scripts that compare its
/// token first, and numbered by a counter. Time is the server's clock. Safe from any thread and any node.
/// </summary>
/// <remarks>
/// <para>A Redis that was restarted may have forgotten who held what. It therefore grants nothing until it has run longer than
/// the longest lease lasts, when every lease from before has ended by its holder's own reckoning: there are never two holders
/// (the delayed restart of https://redis.io/docs/latest/develop/use/patterns/distributed-locks/). A lease that survived the
/// restart is kept and can be renewed meanwhile; a lease that was forgotten is told as lost to who renews it.</para>
/// <para>The server must not evict keys (<c>maxmemory-policy noeviction</c>, its default), and one server or a replica set with
/// one master is meant; after a failover to a replica that had not heard of a lease two may hold it for the rest of its time.</para>
/// <para>A write's fence is checked by the database's own leases table, not against Redis.</para>
/// </remarks>
public sealed partial class RedisLeases : ILeaseStore, IAsyncDisposable
{
    private readonly ConnectionMultiplexer _redis;
    private readonly RedisLeaseOptions _options;
    private readonly string _counter;
    private readonly string _channel;

    private RedisLeases(ConnectionMultiplexer redis, RedisLeaseOptions options)
    {
        (_redis, _options) = (redis, options);
        _counter = options.Prefix + "lease-token";
        _channel = options.Prefix + "leases";
    }

    /// <summary>Connects to a server. One that is away is waited for in the background; calls fail until it is there.</summary>
    /// <param name="address">As StackExchange.Redis takes it: <c>localhost:6379,password=…</c>.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">The address or an option cannot be.</exception>
    public static async Task<RedisLeases> ConnectAsync(string address, RedisLeaseOptions? options = null)
    {
        options ??= new RedisLeaseOptions();
        options.Check();
        var configuration = ConfigurationOptions.Parse(address);
        configuration.AbortOnConnectFail = false;
        return new RedisLeases(await ConnectionMultiplexer.ConnectAsync(configuration).ConfigureAwait(false), options);
    }

    public Task<LeaseResult> AcquireAsync(string resource, string owner, TimeSpan duration, CancellationToken cancellationToken = default) =>
        TakeAsync(resource, owner, duration, force: false, cancellationToken);

    public Task<LeaseResult> TakeOverAsync(string resource, string owner, TimeSpan duration, CancellationToken cancellationToken = default) =>
        TakeAsync(resource, owner, duration, force: true, cancellationToken);

    public async Task<LeaseResult> RenewAsync(Lease lease, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        Check(lease.Resource, lease.Owner, duration);
        var answer = await RunAsync(Scripts.Renew, lease.Resource, [lease.Token, Milliseconds(duration), _channel], cancellationToken).ConfigureAwait(false);
        return answer.IsNull ? new LeaseResult.Lost()
            : LeaseText.Read(lease.Resource, (string)answer!) is var held && held.Token == lease.Token ? new LeaseResult.Granted(held)
            : new LeaseResult.Held(held);
    }

    public async Task<bool> ReleaseAsync(Lease lease, CancellationToken cancellationToken = default) =>
        (int)await RunAsync(Scripts.Release, lease.Resource, [lease.Token, _channel], cancellationToken).ConfigureAwait(false) == 1;

    public async Task<Lease?> FindAsync(string resource, CancellationToken cancellationToken = default)
    {
        var text = await TryAsync(() => _redis.GetDatabase().StringGetAsync(Key(resource)), cancellationToken).ConfigureAwait(false);
        return text.IsNull ? null : LeaseText.Read(resource, text!);
    }

    public async ValueTask DisposeAsync() => await _redis.CloseAsync().ConfigureAwait(false);

    private async Task<LeaseResult> TakeAsync(string resource, string owner, TimeSpan duration, bool force, CancellationToken cancellationToken)
    {
        Check(resource, owner, duration);
        if (duration > _options.LongestLease)
        {
            throw new ArgumentOutOfRangeException(nameof(duration), $"A lease may last {_options.LongestLease} at most. Ask for less, or raise {nameof(RedisLeaseOptions.LongestLease)} on every node.");
        }

        RedisValue[] arguments = [owner, Milliseconds(duration), force ? 1 : 0, Math.Ceiling((_options.RestartPause ?? _options.LongestLease).TotalSeconds), _channel];
        var answer = (RedisResult[])(await RunAsync(Scripts.Take, resource, arguments, cancellationToken, _counter).ConfigureAwait(false))!;
        var lease = LeaseText.Read(resource, (string)answer[1]!);
        return (int)answer[0] == 1 ? new LeaseResult.Granted(lease) : new LeaseResult.Held(lease);
    }

    private Task<RedisResult> RunAsync(string script, string resource, RedisValue[] arguments, CancellationToken cancellationToken, string? second = null) =>
        TryAsync(() => _redis.GetDatabase().ScriptEvaluateAsync(script, second is null ? [Key(resource)] : [Key(resource), second], arguments), cancellationToken);

    private async Task<T> TryAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await ask().WaitAsync(_options.Patience, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RedisConnectionException or TimeoutException or RedisServerException)
        {
            throw new DatabaseUnavailableException("Redis, which keeps the leases, does not answer.", e);
        }
    }

    private RedisKey Key(string resource) => _options.Prefix + "lease:" + resource;

    private static string Milliseconds(TimeSpan duration) => Math.Max(1, (long)duration.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    private static void Check(string resource, string owner, TimeSpan duration)
    {
        ArgumentException.ThrowIfNullOrEmpty(resource);
        ArgumentException.ThrowIfNullOrEmpty(owner);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(duration, TimeSpan.Zero);
    }
}
