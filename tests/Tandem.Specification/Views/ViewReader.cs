using System.Threading.Channels;
using Tandem.Changes;
using Tandem.Live;
using Tandem.Live.Views;
using Tandem.Querying;

namespace Tandem.Specification.Views;

/// <summary>Follows a standing query as a subscriber would: applies each update to its rows, and checks that it can be applied.</summary>
public sealed class ViewReader : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<ViewUpdate> _updates = Channel.CreateUnbounded<ViewUpdate>();
    private readonly Task _reading;

    public ViewReader(LiveTable table, Query query, WatchOptions? options = null)
    {
        var updates = table.WatchAsync(query, options, _stop.Token);
        _reading = Task.Run(async () =>
        {
            try
            {
                await foreach (var update in updates)
                {
                    lock (Rows)
                    {
                        Apply(update);
                        States.Add((update.Cursor, [.. Rows], Count));
                    }

                    _updates.Writer.TryWrite(update);
                }

                _updates.Writer.TryComplete();
            }
            catch (Exception e)
            {
                _updates.Writer.TryComplete(e);
            }
        });
    }

    /// <summary>The rows as they are after the updates read so far. Lock it to look while updates come.</summary>
    public List<ViewRow> Rows { get; } = [];

    public long? Count { get; private set; }

    public int Snapshots { get; private set; }

    /// <summary>The rows and the count after each update.</summary>
    public List<(Cursor Cursor, IReadOnlyList<ViewRow> Rows, long? Count)> States { get; } = [];

    /// <summary>Every update in order.</summary>
    public List<ViewUpdate> Updates { get; } = [];

    /// <summary>Waits for the next update.</summary>
    public async Task<ViewUpdate> NextAsync(string what)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        try
        {
            return await _updates.Reader.ReadAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Awaited {what}; {Updates.Count} updates came: {string.Join("; ", Updates.TakeLast(5))}");
        }
    }

    /// <summary>Waits until the rows look as they should.</summary>
    public async Task UntilAsync(Func<IReadOnlyList<ViewRow>, bool> holds, string what)
    {
        while (true)
        {
            lock (Rows)
            {
                if (holds(Rows))
                {
                    return;
                }
            }

            await NextAsync($"{what}, with rows {this}");
        }
    }

    public override string ToString()
    {
        lock (Rows)
        {
            return $"[{string.Join(", ", Rows.Select(r => r.Record.Key))}] count {Count}";
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
    }

    private void Apply(ViewUpdate update)
    {
        Updates.Add(update);
        Count = update.Count;
        if (update is ViewUpdate.Snapshot snapshot)
        {
            Snapshots++;
            Rows.Clear();
            Rows.AddRange(snapshot.Rows);
            return;
        }

        foreach (var change in ((ViewUpdate.Changed)update).Changes)
        {
            switch (change)
            {
                case ViewChange.Inserted inserted:
                    Rows.Insert(inserted.Index, inserted.Row);
                    break;
                case ViewChange.Updated updated:
                    Assert.Equal(Rows[updated.Index].Record.Key, updated.Row.Record.Key);
                    Rows[updated.Index] = updated.Row;
                    break;
                case ViewChange.Moved moved:
                    Assert.Equal(Rows[moved.From].Record.Key, moved.Row.Record.Key);
                    Rows.RemoveAt(moved.From);
                    Rows.Insert(moved.To, moved.Row);
                    break;
                case ViewChange.Removed removed:
                    Assert.Equal(Rows[removed.Index].Record.Key, removed.Key);
                    Rows.RemoveAt(removed.Index);
                    break;
            }
        }
    }
}
