using Tandem.Changes;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Activating;

/// <summary>Keeps up which records of one table are active. One loop reads and writes; what is heard meanwhile waits for it.</summary>
internal sealed partial class TableKeeper : IAsyncDisposable
{
    // Above so many records that changed, asking for those that are wrong is quicker than looking at each.
    private const int MostHeard = 1_000;
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);
    private readonly Lock _lock = new();
    private readonly ITable _table;
    private readonly Activation _activation;
    private readonly ActivationTimes _times;
    private readonly TimeProvider _clock;
    private readonly Action<Exception> _interrupted;
    private readonly Action<string> _faulted;
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<RecordKey> _heard = [];
    private bool _isAll = true;
    private TaskCompletionSource _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TableFollower? _follower;
    private Task _running = Task.CompletedTask;

    private TableKeeper(ITable table, TimeProvider clock, Action<Exception> interrupted, Action<string> faulted)
    {
        (_table, _clock, _interrupted, _faulted, _activation) = (table, clock, interrupted, faulted, table.Schema.Activation!);
        _times = new ActivationTimes(table.Schema, _activation)
        {
            Unreadable = (text, fault) => faulted($"Table '{table.Schema.Name}' has records with the mask “{text}”, which are never active: {fault}"),
        };
    }

    public static async Task<TableKeeper> StartAsync(
        IDatabase database, ITable table, TimeProvider clock, Action<Exception> interrupted, Action<string> faulted, CancellationToken cancellationToken)
    {
        var keeper = new TableKeeper(table, clock, interrupted, faulted);
        keeper._follower = await TableFollower.StartAsync(database, table, clock, keeper.HearAllAsync, keeper.HearAsync, interrupted, cancellationToken).ConfigureAwait(false);
        keeper._running = Task.Run(keeper.RunAsync, CancellationToken.None);
        return keeper;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_follower is not null)
        {
            await _follower.DisposeAsync().ConfigureAwait(false);
        }

        await _running.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        DateTimeOffset? next = null;
        var looked = DateTimeOffset.MinValue;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var (isAll, keys, signal) = Take();
                var now = _clock.GetUtcNow();
                if (isAll || now >= next || now < looked)
                {
                    (looked, next) = (now, DateTimeOffset.MinValue);
                    await SweepAsync(now, _stop.Token).ConfigureAwait(false);
                    next = await NextAsync(now, _stop.Token).ConfigureAwait(false);
                }
                else if (keys.Count > 0)
                {
                    next = Least(next, await LookAsync(keys, now, _stop.Token).ConfigureAwait(false));
                }

                looked = now;
                await WaitAsync(now, next, signal).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever was not done is asked for again.
                await HearAllAsync(_stop.Token).ConfigureAwait(false);
                _interrupted(e);
                await Task.Delay(s_pause, _clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task WaitAsync(DateTimeOffset looked, DateTimeOffset? next, Task signal)
    {
        // A clock that is put forward moves no timer, so none runs long.
        var wait = next - _clock.GetUtcNow() is { } left && left < s_longest ? left : s_longest;
        if (wait <= TimeSpan.Zero)
        {
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var timer = Task.Delay(wait, _clock, end.Token);
        // The moment may have come, or the clock been put back, while the timer was made.
        var now = _clock.GetUtcNow();
        if (now >= looked && (next is null || now < next))
        {
            await Task.WhenAny(timer, signal).ConfigureAwait(false);
        }

        await end.CancelAsync().ConfigureAwait(false);
        await timer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Token.ThrowIfCancellationRequested();
    }

    private (bool IsAll, List<RecordKey> Keys, Task Signal) Take()
    {
        lock (_lock)
        {
            var taken = (_isAll, _isAll ? [] : _heard.ToList());
            _isAll = false;
            _heard.Clear();
            if (_signal.Task.IsCompleted)
            {
                _signal = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return (taken._isAll, taken.Item2, _signal.Task);
        }
    }

    private Task HearAllAsync(CancellationToken cancellationToken) => Hear(() => _isAll = true);

    private Task HearAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken)
    {
        List<RecordKey> keys = [.. changes.Where(c => c.Kind != ChangeKind.Delete && _activation.Fields.Any(c.Touches)).Select(c => c.Key)];
        return keys.Count == 0 ? Task.CompletedTask : Hear(() =>
        {
            _heard.UnionWith(keys);
            _isAll |= _heard.Count > MostHeard;
        });
    }

    private Task Hear(Action hear)
    {
        lock (_lock)
        {
            hear();
            _signal.TrySetResult();
        }

        return Task.CompletedTask;
    }

    private static DateTimeOffset? Least(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b ?? a : a;
}
