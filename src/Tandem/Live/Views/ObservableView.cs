using System.Collections;
using System.Collections.Specialized;
using System.ComponentModel;

namespace Tandem.Live.Views;

/// <summary>
/// A standing query as a list that user interfaces bind to: it tells every insertion, change, move and removal. Where there is a
/// synchronization context at the opening (WPF, MAUI, Avalonia, Blazor), the list changes and tells there; else on the thread
/// that reads updates. Read it where it tells.
/// </summary>
/// <typeparam name="T">What rows are seen as.</typeparam>
public sealed class ObservableView<T> : IReadOnlyList<T>, INotifyCollectionChanged, INotifyPropertyChanged, IAsyncDisposable
{
    private static readonly PropertyChangedEventArgs s_count = new(nameof(Count));
    private static readonly PropertyChangedEventArgs s_items = new("Item[]");
    private static readonly PropertyChangedEventArgs s_total = new(nameof(Total));
    private static readonly PropertyChangedEventArgs s_fault = new(nameof(Fault));
    private readonly List<T> _items = [];
    private readonly Func<ViewRow, T> _map;
    private readonly SynchronizationContext? _context = SynchronizationContext.Current;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _filled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _reading = Task.CompletedTask;
    private int _disposed;

    private ObservableView(Func<ViewRow, T> map) => _map = map;

    public event NotifyCollectionChangedEventHandler? CollectionChanged;

    public event PropertyChangedEventHandler? PropertyChanged;

    /// <summary>How many rows there are.</summary>
    public int Count => _items.Count;

    /// <summary>How many records the filter has in all, where counts were asked for.</summary>
    public long? Total { get; private set; }

    /// <summary>Why the list stands still, or null while it is kept up.</summary>
    public Exception? Fault { get; private set; }

    public T this[int index] => _items[index];

    public IEnumerator<T> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    /// <summary>Opens a list; returns once it is filled.</summary>
    internal static async Task<ObservableView<T>> OpenAsync(Func<CancellationToken, IAsyncEnumerable<ViewUpdate>> watch, Func<ViewRow, T> map, CancellationToken cancellationToken)
    {
        var view = new ObservableView<T>(map);
        var updates = watch(view._stop.Token);
        view._reading = Task.Run(() => view.ReadAsync(updates), CancellationToken.None);
        try
        {
            await view._filled.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return view;
        }
        catch
        {
            await view.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task ReadAsync(IAsyncEnumerable<ViewUpdate> updates)
    {
        try
        {
            await foreach (var update in updates.ConfigureAwait(false))
            {
                Tell(() => Apply(update));
            }

            End(new ObjectDisposedException(nameof(LiveTable), "The table was closed, so the list is no longer kept up."));
        }
        catch (Exception e) when (!_stop.IsCancellationRequested)
        {
            End(e);
        }
    }

    /// <summary>The list stands still from now on, and says why.</summary>
    private void End(Exception fault)
    {
        _filled.TrySetException(fault);
        Tell(() =>
        {
            Fault = fault;
            PropertyChanged?.Invoke(this, s_fault);
        });
    }

    private void Tell(Action action)
    {
        if (_context is null)
        {
            action();
        }
        else
        {
#pragma warning disable VSTHRD001 // Nobody waits for the post, so it cannot deadlock; the heart knows no user interface's own queue.
            _context.Post(_ => action(), null);
#pragma warning restore VSTHRD001
        }
    }

    private void Apply(ViewUpdate update)
    {
        var (count, total) = (Count, Total);
        if (update is ViewUpdate.Snapshot snapshot)
        {
            _items.Clear();
            _items.AddRange(snapshot.Rows.Select(_map));
            CollectionChanged?.Invoke(this, new(NotifyCollectionChangedAction.Reset));
        }
        else
        {
            foreach (var change in ((ViewUpdate.Changed)update).Changes)
            {
                Apply(change);
            }
        }

        Total = update.Count;
        PropertyChanged?.Invoke(this, s_items);
        if (count != Count)
        {
            PropertyChanged?.Invoke(this, s_count);
        }

        if (total != Total)
        {
            PropertyChanged?.Invoke(this, s_total);
        }

        _filled.TrySetResult();
    }

    private void Apply(ViewChange change)
    {
        switch (change)
        {
            case ViewChange.Inserted inserted:
                var item = _map(inserted.Row);
                _items.Insert(inserted.Index, item);
                CollectionChanged?.Invoke(this, new(NotifyCollectionChangedAction.Add, item, inserted.Index));
                break;
            case ViewChange.Updated updated:
                Replace(updated.Index, _map(updated.Row));
                break;
            case ViewChange.Moved moved:
                var mover = _items[moved.From];
                _items.RemoveAt(moved.From);
                _items.Insert(moved.To, mover);
                CollectionChanged?.Invoke(this, new(NotifyCollectionChangedAction.Move, mover, moved.To, moved.From));
                Replace(moved.To, _map(moved.Row));
                break;
            case ViewChange.Removed removed:
                var gone = _items[removed.Index];
                _items.RemoveAt(removed.Index);
                CollectionChanged?.Invoke(this, new(NotifyCollectionChangedAction.Remove, gone, removed.Index));
                break;
        }
    }

    private void Replace(int index, T item)
    {
        var old = _items[index];
        _items[index] = item;
        CollectionChanged?.Invoke(this, new(NotifyCollectionChangedAction.Replace, item, old, index));
    }
}
