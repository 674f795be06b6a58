using Tandem.Live;
using Tandem.Live.Queueing;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Specification.Servers;
using Tandem.Specification.Tables;
using Tandem.Specification.Views;
using Tandem.Tables;

namespace Tandem.Tests.Live.Queueing;

public sealed class WriteQueueTests : IAsyncDisposable
{
    private static readonly WriteContext s_ann = new("Ann");
    private static readonly RecordKey s_key = new("a", 1L);
    private readonly TempFolder _folder = new();
    private readonly MemoryDatabase _database = Shop.InMemory();
    private readonly CountingTable _source;

    public WriteQueueTests() => _source = new CountingTable(_database.Find("pairs")!);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<LiveTableMode> Modes { get; } = [LiveTableMode.Full, LiveTableMode.Bounded];

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public async Task QueuedWrites_AreVisibleAtOnceInOrder_AndARefusedOneIsTakenBackAlone(LiveTableMode mode)
    {
        await _source.WriteAsync(Insert(1), Token);
        await using var live = await OpenAsync(mode);
        await using var view = new ViewReader(live, new());
        await view.NextAsync("the snapshot");
        _source.IsDown = true;

        var first = await live.QueueAsync(Update("label", "mine"), Token);
        var refused = await live.QueueAsync(Update("nope", 1L), Token);
        var third = await live.QueueAsync(Update("weight", 2.5), Token);

        await view.UntilAsync(r => r[0].Record["label"] is "mine" && r[0].Record["weight"] is 2.5, "both unsettled patches");
        Assert.False(first.Outcome.IsCompleted);
        Assert.Equal("one", (await _database.Find("pairs")!.GetAsync(s_key, Token))!["label"]);

        _source.IsDown = false;
        Assert.IsType<WriteResult.Written>(await first.Outcome.WaitAsync(TimeSpan.FromSeconds(20), Token));
        Assert.Equal("nope", Assert.Single(Assert.IsType<WriteResult.Rejected>(await refused.Outcome.WaitAsync(TimeSpan.FromSeconds(20), Token)).Errors).Field);
        Assert.IsType<WriteResult.Written>(await third.Outcome.WaitAsync(TimeSpan.FromSeconds(20), Token));
        var stored = (await live.GetAsync(s_key, Token))!;
        Assert.Equal(("mine", 2.5), (stored["label"], stored["weight"]));
    }

    [Fact]
    public async Task QueuedInsertsAndDeletes_ShowInReadsQueriesAndCounts()
    {
        await _source.WriteAsync(Insert(1), Token);
        await _source.WriteAsync(Insert(2), Token);
        await using var live = await OpenAsync(LiveTableMode.Full);
        _source.IsDown = true;

        await live.QueueAsync(Insert(3), Token);
        await live.QueueAsync(new Write.Delete(s_key, Guard.None, s_ann), Token);

        Assert.Null(await live.GetAsync(s_key, Token));
        Assert.NotNull(await live.GetAsync(new RecordKey("a", 3L), Token));
        Assert.Equal(["a,2", "a,3"], (await live.QueryAsync(new(), Token)).Records.Select(r => r.Key.ToString()));
        Assert.Equal((2, 2L), (live.Count, await live.CountAsync(Filter.All, Token)));
    }

    [Fact]
    public async Task Process_ThatDiedWithQueuedWrites_SendsThemOnceWhenItIsBack()
    {
        await _source.WriteAsync(Insert(1), Token);
        var path = Path.Combine(_folder.Path, "queue");
        var live = await OpenAsync(LiveTableMode.Bounded, new WriteBehindOptions { Path = path });
        _source.IsDown = true;
        var id = Guid.CreateVersion7();
        var queued = await live.QueueAsync(Insert(2) with { Id = id }, Token);
        await live.QueueAsync(Update("label", "kept"), Token);

        // What the source did before its answer was lost: the queue does not know, and sends it again.
        Assert.IsType<WriteResult.Written>(await _database.Find("pairs")!.WriteAsync(Insert(2) with { Id = id }, Token));
        await live.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => queued.Outcome);

        _source.IsDown = false;
        await using var again = await OpenAsync(LiveTableMode.Bounded, new WriteBehindOptions { Path = path });
        Assert.IsType<WriteResult.Written>(await again.WriteAsync(Update("weight", 1.5), Token));
        Assert.Equal("kept", (await _database.Find("pairs")!.GetAsync(s_key, Token))!["label"]);
        Assert.Equal(2, await _database.Find("pairs")!.CountAsync(Filter.All, Token));
        Assert.Equal(4, (await _database.HistoryAsync("pairs", null, 100, Token)).Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50)]
    public async Task BatchSize_SaysHowManyWritesGoTogether(int size)
    {
        await using var live = await OpenAsync(LiveTableMode.Bounded, new WriteBehindOptions { BatchSize = size });
        _source.IsDown = true;
        List<QueuedWrite> queued = [];
        for (var i = 1; i <= 20; i++)
        {
            queued.Add(await live.QueueAsync(Insert(i), Token));
        }

        _source.Writes.Clear();
        _source.IsDown = false;
        await Task.WhenAll(queued.Select(q => q.Outcome)).WaitAsync(TimeSpan.FromSeconds(20), Token);
        Assert.Equal(20, _source.Writes.Count);
        Assert.Equal(size == 1 ? 0 : 1, _source.Batches);
    }

    [Fact]
    public async Task MaxQueued_WhenReached_MakesTheNextWait()
    {
        await using var live = await OpenAsync(LiveTableMode.Bounded, new WriteBehindOptions { MaxQueued = 2 });
        _source.IsDown = true;
        await live.QueueAsync(Insert(1), Token);
        await live.QueueAsync(Insert(2), Token);
        var third = live.QueueAsync(Insert(3), Token);
        Assert.False(third.IsCompleted);

        _source.IsDown = false;
        var queued = await third.WaitAsync(TimeSpan.FromSeconds(20), Token);
        Assert.IsType<WriteResult.Written>(await queued.Outcome.WaitAsync(TimeSpan.FromSeconds(20), Token));
    }

    [Fact]
    public async Task Batch_GoesBehindWhatIsQueued()
    {
        await using var live = await OpenAsync(LiveTableMode.Bounded);
        await live.QueueAsync(Insert(1), Token);
        var result = await live.WriteAllAsync([Update("label", "after")], Token);

        Assert.True(result.IsCommitted);
        Assert.Equal("after", (await live.GetAsync(s_key, Token))!["label"]);
    }

    [Fact]
    public async Task QueueAsync_WithoutAQueue_SaysSo()
    {
        await using var live = await LiveTable.OpenAsync(_source, null, Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => live.QueueAsync(Insert(1), Token));
    }

    private static Write.Insert Insert(long number) => new(new Patch([new("area", "a"), new("number", number), new("label", "one")]), s_ann);

    private static Write.Update Update(string field, object? value) => new(s_key, Patch.Of(field, value), Guard.None, s_ann);

    private Task<LiveTable> OpenAsync(LiveTableMode mode, WriteBehindOptions? options = null) =>
        LiveTable.OpenAsync(_source, new LiveTableOptions { Mode = mode, WriteBehind = options ?? new WriteBehindOptions() }, Token);
}
