using Tandem.Changes;

namespace Tandem.Specification.Tables;

/// <summary>Reads a feed from its start and lets a test wait for what it should bring. A timeout tells what was awaited and what came.</summary>
public sealed class ChangeCollector : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly Lock _lock = new();
    private readonly List<Change> _changes = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="open">Opens the stream; called at once, so that its place is taken.</param>
    public ChangeCollector(Func<CancellationToken, IAsyncEnumerable<IReadOnlyList<Change>>> open)
    {
        var changes = open(_stop.Token);
        _reading = Task.Run(() => ReadAsync(changes));
    }

    public IReadOnlyList<Change> Seen
    {
        get
        {
            lock (_lock)
            {
                return [.. _changes];
            }
        }
    }

    public Task<IReadOnlyList<Change>> CountAsync(int count, string what) => UntilAsync(seen => seen.Count >= count, $"{count} changes: {what}");

    public async Task<IReadOnlyList<Change>> UntilAsync(Func<IReadOnlyList<Change>, bool> holds, string what)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (true)
        {
            Task more;
            lock (_lock)
            {
                more = _more.Task;
            }

            var seen = Seen;
            if (holds(seen))
            {
                return seen;
            }

            if (_reading.IsFaulted)
            {
                await _reading;
            }

            try
            {
                await Task.WhenAny(more, _reading).WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail($"Awaited {what}, but these came in {s_patience.TotalSeconds} s: {string.Join("; ", seen.Select(Describe))}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    public static string Describe(Change change) =>
        $"#{change.Sequence} {change.Actor} {change.Kind} {change.Table} {change.Key} {{{string.Join(", ", change.Before.Select(a => $"{a.Key}={a.Value}"))}}} → {{{string.Join(", ", change.After.Select(a => $"{a.Key}={a.Value}"))}}}";

    private async Task ReadAsync(IAsyncEnumerable<IReadOnlyList<Change>> changes)
    {
        try
        {
            await foreach (var batch in changes.WithCancellation(_stop.Token))
            {
                Assert.NotEmpty(batch);
                TaskCompletionSource wake;
                lock (_lock)
                {
                    _changes.AddRange(batch);
                    (wake, _more) = (_more, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                }

                wake.SetResult();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The test ended.
        }
    }
}
