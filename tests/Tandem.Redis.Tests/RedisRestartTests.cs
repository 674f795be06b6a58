using System.Collections.Concurrent;
using Tandem.Leases;
using Tandem.Tables;

namespace Tandem.Redis.Tests;

/// <summary>A server that is killed, forgets everything and comes back: never two holders, never a lease that nobody can have.</summary>
public sealed class RedisRestartTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly RedisLeaseOptions s_options = new() { LongestLease = s_second, Patience = TimeSpan.FromMilliseconds(500) };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lease_OfAForgetfulServer_GoesToAnotherOnlyAfterItsEnd()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var ann = await RedisLeases.ConnectAsync(server.Address, s_options);
        await using var bob = await RedisLeases.ConnectAsync(server.Address, s_options);
        var held = await UntilGrantedAsync(ann, "ann");

        await server.KillAsync();
        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => bob.AcquireAsync("goods", "bob", s_second, Token));
        await server.StartAsync();
        var next = await UntilGrantedAsync(bob, "bob");

        Assert.True(DateTimeOffset.UtcNow >= held.Until, $"Bob holds it at {DateTimeOffset.UtcNow:O}, while Ann's ends at {held.Until:O}.");
        Assert.True(next.Token > held.Token, "A fencing token must rise although the counter was forgotten.");
        Assert.IsNotType<LeaseResult.Granted>(await ann.RenewAsync(held, s_second, Token));
    }

    [Fact]
    public async Task Nodes_RacingWhileTheServerIsKilledAgainAndAgain_NeverHoldItTogether()
    {
        await using var server = await RedisServer.StartNewAsync();
        await using var first = await RedisLeases.ConnectAsync(server.Address, s_options);
        await using var second = await RedisLeases.ConnectAsync(server.Address, s_options);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Token);
        ConcurrentBag<(string Owner, DateTimeOffset From, DateTimeOffset To)> held = [];
        var granted = new SemaphoreSlim(0);
        var racers = Enumerable.Range(0, 4).Select(n => Task.Run(() => RaceAsync(n % 2 == 0 ? first : second, $"node {n}", held, granted, ending.Token))).ToList();

        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 5; i++)
            {
                Assert.True(await granted.WaitAsync(TimeSpan.FromSeconds(30), Token), $"Round {round}: nobody got the lease any more.");
            }

            await server.KillAsync();
            await server.StartAsync();
        }

        Assert.True(await granted.WaitAsync(TimeSpan.FromSeconds(30), Token), "Nobody got the lease after the last restart.");
        await ending.CancelAsync();
        await Task.WhenAll(racers);
        var ordered = held.OrderBy(h => h.From).ToList();
        Assert.All(ordered.Zip(ordered.Skip(1)), pair => Assert.True(
            pair.First.To <= pair.Second.From, $"{pair.First.Owner} held it until {pair.First.To:O}, {pair.Second.Owner} from {pair.Second.From:O}."));
    }

    /// <summary>Takes the lease whenever it can be had, gives half of them back and lets the others end.</summary>
    private static async Task RaceAsync(
        RedisLeases leases, string owner, ConcurrentBag<(string, DateTimeOffset, DateTimeOffset)> held, SemaphoreSlim granted, CancellationToken ending)
    {
        for (var turn = 0; !ending.IsCancellationRequested; turn++)
        {
            try
            {
                var result = await leases.AcquireAsync("goods", owner, TimeSpan.FromMilliseconds(200), CancellationToken.None);
                if (result is not LeaseResult.Granted { Lease: var lease })
                {
                    await Task.Yield();
                    continue;
                }

                var from = DateTimeOffset.UtcNow;
                // Whether it is given back or ends, from then on another may have it; before, nobody.
                var to = turn % 2 == 0 ? DateTimeOffset.UtcNow : lease.Until;
                held.Add((owner, from, to));
                granted.Release();
                if (turn % 2 == 0)
                {
                    await leases.ReleaseAsync(lease, CancellationToken.None);
                }
            }
            catch (DatabaseUnavailableException)
            {
                // It was killed; go on when it is back.
            }
        }
    }

    private static async Task<Lease> UntilGrantedAsync(RedisLeases leases, string owner)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Token);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                if (await leases.AcquireAsync("goods", owner, s_second, patience.Token) is LeaseResult.Granted granted)
                {
                    return granted.Lease;
                }
            }
            catch (DatabaseUnavailableException)
            {
                // Not back yet.
            }
        }
    }
}
