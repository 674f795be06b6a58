using Microsoft.Extensions.Logging;
using Tandem.Leases;

namespace Tandem.Web.Live.Leases;

/// <content>Following what happens to leases, and keeping those of this node's pages.</content>
internal sealed partial class FieldLeases
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_tick = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(FollowAsync(stoppingToken), KeepUpAsync(stoppingToken));

    private async Task FollowAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await foreach (var update in Store.WatchAsync(stopping))
                {
                    var changed = _known.Take(update);
                    await TellAsync(update.IsWhole ? [.. changed, .. Missing(update)] : changed, stopping);
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                LogInterrupted(e);
                await Task.Delay(s_retry, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>What pages of this node believe they hold although the store knew nothing of it when it was read.</summary>
    private List<(LeasedField Field, Lease? Lease)> Missing(LeaseUpdate whole)
    {
        var held = whole.Held.Select(l => l.Resource).ToHashSet(StringComparer.Ordinal);
        lock (_lock)
        {
            return [.. _own.Keys.Where(f => !held.Contains(f.Resource)).Select(f => (f, (Lease?)null))];
        }
    }

    /// <summary>Renews what this node's pages hold and forgets what ended.</summary>
    private async Task KeepUpAsync(CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(s_tick, clock);
        while (await TickAsync(timer, stopping))
        {
            await TellExpiredAsync(stopping);
            // Each has the length of a lease for its answer, and none waits for another.
            await Task.WhenAll(Due().Select(due => RenewAsync(due.Item1, due.Item2, stopping)));
        }
    }

    private async Task TellExpiredAsync(CancellationToken stopping)
    {
        try
        {
            await TellAsync(_known.Expire(clock.GetUtcNow()), stopping);
        }
        catch (Exception e) when (e is not OutOfMemoryException && !stopping.IsCancellationRequested)
        {
            // Pages that were not told hear of the next holder; renewing must go on.
            LogInterrupted(e);
        }
    }

    private static async Task<bool> TickAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task RenewAsync(LeasedField field, Holding holding, CancellationToken cancellationToken)
    {
        try
        {
            if (await Store.RenewAsync(holding.Lease, Options.Duration, cancellationToken) is LeaseResult.Granted granted)
            {
                lock (_lock)
                {
                    if (_own.GetValueOrDefault(field) == holding)
                    {
                        _own[field] = holding with { Lease = granted.Lease, RenewedAt = clock.GetUtcNow() };
                    }
                }
            }
            else
            {
                // Taken over, or ended while the store was away: the page hears who has it now.
                Drop(field, h => h == holding);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            LogNotRenewed(e);
        }
    }

    private List<(LeasedField, Holding)> Due()
    {
        var before = clock.GetUtcNow() - (Options.Duration / 3);
        lock (_lock)
        {
            return [.. _own.Where(o => o.Value.RenewedAt <= before).Select(o => (o.Key, o.Value))];
        }
    }

    [LoggerMessage(1120, LogLevel.Warning, "Following who is in which field was interrupted; it goes on shortly")]
    private partial void LogInterrupted(Exception cause);

    [LoggerMessage(1121, LogLevel.Warning, "A lease could not be renewed; it is tried again until it ends")]
    private partial void LogNotRenewed(Exception cause);
}
