using StackExchange.Redis;
using Tandem.Leases;
using Tandem.Specification.Leases;

namespace Tandem.Redis.Tests;

/// <summary>The suite of lease stores on Redis: two connections to one server.</summary>
public sealed class RedisLeasesTests(RedisLeasesTests.Stage stage) : LeaseStoreSpecification, IClassFixture<RedisLeasesTests.Stage>, IAsyncLifetime
{
    private readonly string _prefix = $"test-{Guid.NewGuid():N}:";
    private RedisLeases _ann = null!;
    private RedisLeases _bob = null!;
    private ConnectionMultiplexer _redis = null!;

    protected override ILeaseStore Ann => _ann;

    protected override ILeaseStore Bob => _bob;

    public async ValueTask InitializeAsync()
    {
        var server = stage.Server;
        // The server has not run as long as the suite's leases last; nothing was forgotten, since it is new.
        _redis = await ConnectionMultiplexer.ConnectAsync(server.Address);
        var options = new RedisLeaseOptions { Prefix = _prefix, LongestLease = TimeSpan.FromMinutes(1), RestartPause = TimeSpan.Zero };
        _ann = await RedisLeases.ConnectAsync(server.Address, options);
        _bob = await RedisLeases.ConnectAsync(server.Address, options);
    }

    public async ValueTask DisposeAsync()
    {
        await _ann.DisposeAsync();
        await _bob.DisposeAsync();
        await _redis.CloseAsync();
        GC.SuppressFinalize(this);
    }

    protected override async Task EndAsync(string resource)
    {
        var key = $"{_prefix}lease:{resource}";
        await _redis.GetDatabase().KeyExpireAsync(key, TimeSpan.FromMilliseconds(1));
        while (await _redis.GetDatabase().KeyExistsAsync(key))
        {
            await Task.Yield();
        }
    }

    /// <summary>The server that all tests share, each under a prefix of its own.</summary>
    public sealed class Stage : IAsyncLifetime
    {
        private RedisServer? _server;

        internal RedisServer Server => _server!;

        public async ValueTask InitializeAsync() => _server = await RedisServer.StartNewAsync();

        public async ValueTask DisposeAsync()
        {
            if (_server is not null)
            {
                await _server.DisposeAsync();
            }
        }
    }
}
