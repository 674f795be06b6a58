using System.Collections.Concurrent;
using System.Collections.Specialized;
using Tandem.Live;
using Tandem.Live.Views;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Tests.Live.Views;

public sealed class ObservableViewTests
{
    private static readonly WriteContext s_ann = new("Ann");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task List_BoundToAMirror_TellsEveryChangeItMakes()
    {
        await using var database = Shop.InMemory();
        var goods = database.Find("goods")!;
        for (var i = 1; i <= 5; i++)
        {
            await AddAsync(goods, $"good {i}", i);
        }

        await using var live = await LiveTable.OpenAsync(goods, null, Token);
        await using var list = await live.ObserveAsync(new Query { Order = [new Order("stock")], First = 4 }, new WatchOptions { WithCount = true }, Token);
        Assert.Equal((4, 5L), (list.Count, list.Total));
        var mirror = list.ToList();
        ConcurrentBag<string> properties = [];
        var seen = new SemaphoreSlim(0);
        list.PropertyChanged += (_, e) => properties.Add(e.PropertyName!);
        list.CollectionChanged += (_, e) =>
        {
            Mirror(mirror, e);
            seen.Release();
        };

        await goods.WriteAsync(new Write.Update(new RecordKey(1L), Patch.Of("stock", 3L), Guard.None, s_ann), Token);
        await goods.WriteAsync(new Write.Delete(new RecordKey(2L), Guard.None, s_ann), Token);
        await AddAsync(goods, "good 6", 0);
        while (list[0].Record["name"] is not "good 6" || list.Total != 5)
        {
            Assert.True(await seen.WaitAsync(TimeSpan.FromSeconds(20), Token));
        }

        Assert.Equal(list.Select(r => r.Record.Key), mirror.Select(r => r.Record.Key));
        Assert.Equal(list.Select(r => r.Record["stock"]), mirror.Select(r => r.Record["stock"]));
        Assert.Contains("Item[]", properties);
    }

    [Fact]
    public async Task List_OpenedOnAUserInterfacesThread_ChangesOnlyThere()
    {
        using var ui = new UiThread();
        await using var database = Shop.InMemory();
        var goods = database.Find("goods")!;
        await using var live = await LiveTable.OpenAsync(goods, null, Token);
        var told = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var list = await ui.RunAsync(() =>
        {
            var opening = live.ObserveAsync(new Query(), null, Token);
            return opening;
        });
        list.CollectionChanged += (_, _) => told.TrySetResult(Environment.CurrentManagedThreadId);

        await AddAsync(goods, "good", 1);
        Assert.Equal(ui.Id, await told.Task.WaitAsync(TimeSpan.FromSeconds(20), Token));
        await list.DisposeAsync();
    }

    private static void Mirror(List<ViewRow> mirror, NotifyCollectionChangedEventArgs e)
    {
        switch (e.Action)
        {
            case NotifyCollectionChangedAction.Add:
                mirror.Insert(e.NewStartingIndex, (ViewRow)e.NewItems![0]!);
                break;
            case NotifyCollectionChangedAction.Remove:
                Assert.Equal(mirror[e.OldStartingIndex].Record.Key, ((ViewRow)e.OldItems![0]!).Record.Key);
                mirror.RemoveAt(e.OldStartingIndex);
                break;
            case NotifyCollectionChangedAction.Replace:
                mirror[e.NewStartingIndex] = (ViewRow)e.NewItems![0]!;
                break;
            case NotifyCollectionChangedAction.Move:
                var mover = mirror[e.OldStartingIndex];
                mirror.RemoveAt(e.OldStartingIndex);
                mirror.Insert(e.NewStartingIndex, mover);
                break;
            default:
                Assert.Fail("Nothing here asks for a fresh start.");
                break;
        }
    }

    private static async Task AddAsync(ITable goods, string name, long stock) => Assert.IsType<WriteResult.Written>(
        await goods.WriteAsync(new Write.Insert(new Patch([new("name", name), new("stock", stock)]), s_ann), Token));

    /// <summary>A thread with a queue of its own, as user interfaces have one.</summary>
    private sealed class UiThread : SynchronizationContext, IDisposable
    {
        private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _queue = [];
        private readonly Thread _thread;

        public UiThread()
        {
            _thread = new Thread(Run) { IsBackground = true };
            _thread.Start();
        }

        public int Id => _thread.ManagedThreadId;

        public override void Post(SendOrPostCallback d, object? state) => _queue.Add((d, state));

        public Task<T> RunAsync<T>(Func<Task<T>> work)
        {
            var done = new TaskCompletionSource<Task<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
            Post(_ => done.SetResult(work()), null);
            return done.Task.Unwrap();
        }

        public void Dispose() => _queue.CompleteAdding();

        private void Run()
        {
            SetSynchronizationContext(this);
            foreach (var (callback, state) in _queue.GetConsumingEnumerable())
            {
                callback(state);
            }
        }
    }
}
