using Tandem.Tables;

namespace Tandem.Changes;

/// <summary>
/// Keeps something in memory up with a table: it is loaded once, told each change, and loaded again whenever more changed than can be
/// listed or following was interrupted. One call at a time, in order.
/// </summary>
internal sealed class TableFollower : IAsyncDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private readonly CancellationTokenSource _stop = new();
    private readonly IDatabase _database;
    private readonly ITable _table;
    private readonly TimeProvider _clock;
    private readonly IDisposable _watch;
    private Task _following = Task.CompletedTask;

    private TableFollower(IDatabase database, ITable table, TimeProvider clock)
    {
        (_database, _table, _clock) = (database, table, clock);
        _watch = database.Feed.Watch(table.Schema.Name, null);
    }

    /// <summary>Loads all of it.</summary>
    public required Func<CancellationToken, Task> Load { get; init; }

    /// <summary>Takes in changes; none is a reset.</summary>
    public required Func<IReadOnlyList<Change>, CancellationToken, Task> Apply { get; init; }

    /// <summary>Is told why following was interrupted; it goes on by itself.</summary>
    public required Action<Exception> Interrupted { get; init; }

    /// <summary>Loads and begins to follow.</summary>
    public static async Task<TableFollower> StartAsync(
        IDatabase database, ITable table, TimeProvider clock,
        Func<CancellationToken, Task> load, Func<IReadOnlyList<Change>, CancellationToken, Task> apply, Action<Exception> interrupted, CancellationToken cancellationToken)
    {
        var follower = new TableFollower(database, table, clock) { Load = load, Apply = apply, Interrupted = interrupted };
        try
        {
            // The place in the feed is taken before the load, so nothing falls between the two.
            var changes = table.ChangesAsync(database.Feed.Current, follower._stop.Token);
            await load(cancellationToken).ConfigureAwait(false);
            follower._following = Task.Run(() => follower.FollowAsync(changes), CancellationToken.None);
            return follower;
        }
        catch
        {
            await follower.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _following.ConfigureAwait(false);
        _watch.Dispose();
    }

    private async Task FollowAsync(IAsyncEnumerable<IReadOnlyList<Change>> changes)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await foreach (var batch in changes.WithCancellation(_stop.Token).ConfigureAwait(false))
                {
                    await (batch.Any(c => c.Kind == ChangeKind.Reset) ? Load(_stop.Token) : Apply(batch, _stop.Token)).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever went wrong, what follows must not stay behind the table for the rest of the process's life.
                Interrupted(e);
                changes = await StartOverAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<IAsyncEnumerable<IReadOnlyList<Change>>> StartOverAsync()
    {
        while (true)
        {
            try
            {
                await Task.Delay(s_pause, _clock, _stop.Token).ConfigureAwait(false);
                var changes = _table.ChangesAsync(_database.Feed.Current, _stop.Token);
                await Load(_stop.Token).ConfigureAwait(false);
                return changes;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return _table.ChangesAsync(null, _stop.Token);
            }
            catch (Exception e)
            {
                Interrupted(e);
            }
        }
    }
}
