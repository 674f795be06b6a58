using Tandem.Changes;
using Tandem.Live;
using Tandem.Records;
using Tandem.Specification.Clocks;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Tests.Live;

/// <summary>What a live table keeps, for how long, and what it asks its source for.</summary>
public sealed class LiveTableTests
{
    private static readonly WriteContext s_ann = new("Ann");
    private readonly MemoryDatabase _database = Shop.InMemory();
    private readonly CountingTable _source;

    public LiveTableTests() => _source = new CountingTable(_database.Find("pairs")!);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_ByAHundredAtOnce_ReadsTheSourceOnce()
    {
        await AddAsync(1);
        await using var live = await LiveTable.OpenAsync(_source, null, Token);
        _source.Hold();

        var gets = Enumerable.Range(0, 100).Select(_ => live.GetAsync(Key(1), Token).AsTask()).ToList();
        await _source.Held.Task.WaitAsync(Token);
        _source.Release();

        Assert.All(await Task.WhenAll(gets), r => Assert.Equal("one", r!["label"]));
        Assert.Equal(1, _source.Reads);
        await live.GetAsync(Key(1), Token);
        Assert.Equal(1, _source.Reads);
    }

    [Fact]
    public async Task Get_OfNoRecord_IsAskedOnceUntilItIsAdded()
    {
        await using var live = await LiveTable.OpenAsync(_source, null, Token);

        Assert.Null(await live.GetAsync(Key(1), Token));
        Assert.Null(await live.GetAsync(Key(1), Token));
        Assert.Equal(1, _source.Reads);

        await live.WriteAsync(Insert(1), Token);
        Assert.Equal("one", (await live.GetAsync(Key(1), Token))!["label"]);
        Assert.Equal(1, _source.Reads);
    }

    [Fact]
    public async Task GetMany_OfKnownAndUnknown_ReadsTheUnknownInOneGo()
    {
        await AddAsync(1);
        await AddAsync(2);
        await using var live = await LiveTable.OpenAsync(_source, null, Token);
        await live.GetAsync(Key(1), Token);

        Assert.Equal(2, (await live.GetManyAsync([Key(1), Key(2), Key(3)], null, Token)).Count);
        Assert.Equal(2, (await live.GetManyAsync([Key(1), Key(2), Key(3)], null, Token)).Count);

        Assert.Equal(2, _source.Reads);
    }

    [Fact]
    public async Task Write_ThroughAnotherWay_IsReadFromMemoryOnceHeard()
    {
        await AddAsync(1);
        await using var live = await LiveTable.OpenAsync(_source, null, Token);
        await live.GetAsync(Key(1), Token);
        await using var reader = new ChangeCollector(t => live.ChangesAsync(null, t));

        await _database.Find("pairs")!.WriteAsync(new Write.Update(Key(1), Patch.Of("label", "new"), Guard.None, s_ann), Token);
        await reader.CountAsync(1, "the update");

        Assert.Equal("new", (await live.GetAsync(Key(1), Token))!["label"]);
        Assert.Equal(1, _source.Reads);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Change_WhileARecordIsRead_IsNotHiddenByTheOldRead(bool many)
    {
        await AddAsync(1);
        await AddAsync(2);
        await using var live = await LiveTable.OpenAsync(_source, null, Token);
        await using var reader = new ChangeCollector(t => live.ChangesAsync(null, t));
        _source.Hold();
        var reading = many ? live.GetManyAsync([Key(1), Key(2)], null, Token).AsTask() : (Task)live.GetAsync(Key(1), Token).AsTask();
        await _source.Held.Task.WaitAsync(Token);

        await _database.Find("pairs")!.WriteAsync(new Write.Update(Key(1), Patch.Of("label", "new"), Guard.None, s_ann), Token);
        await reader.CountAsync(1, "the update");
        _source.Release();
        await reading;

        Assert.Equal("new", (await live.GetAsync(Key(1), Token))!["label"]);
    }

    [Fact]
    public async Task MaxEntries_WhenReached_LetsTheLeastRecentlyUsedGo()
    {
        for (var i = 1; i <= 4; i++)
        {
            await AddAsync(i);
        }

        await using var live = await LiveTable.OpenAsync(_source, new LiveTableOptions { MaxEntries = 2 }, Token);
        await live.GetAsync(Key(1), Token);
        await live.GetAsync(Key(2), Token);
        await live.GetAsync(Key(1), Token);
        await live.GetAsync(Key(3), Token);
        Assert.Equal((2, 3), (live.Count, _source.Reads));

        await live.GetAsync(Key(1), Token);
        Assert.Equal(3, _source.Reads);
        await live.GetAsync(Key(2), Token);
        Assert.Equal(4, _source.Reads);
    }

    [Fact]
    public async Task TimeToLive_OfARecordNotRead_EndsAndOfOneReadGoesOn()
    {
        await AddAsync(1);
        var clock = new FakeClock();
        await using var live = await LiveTable.OpenAsync(_source, new LiveTableOptions { TimeToLive = TimeSpan.FromMinutes(1), Clock = clock }, Token);

        for (var i = 0; i < 3; i++)
        {
            await live.GetAsync(Key(1), Token);
            clock.Advance(TimeSpan.FromSeconds(50));
        }

        Assert.Equal(1, _source.Reads);
        clock.Advance(TimeSpan.FromSeconds(20));
        await live.GetAsync(Key(1), Token);
        Assert.Equal(2, _source.Reads);
    }

    [Fact]
    public async Task FullMode_OnceOpen_NeverAsksTheSourceAgain()
    {
        for (var i = 1; i <= 4; i++)
        {
            await AddAsync(i);
        }

        await using var live = await LiveTable.OpenAsync(_source, new LiveTableOptions { Mode = LiveTableMode.Full }, Token);
        var reads = _source.Reads;

        Assert.Equal(4, live.Count);
        Assert.Equal(2, (await live.QueryAsync(new() { First = 2 }, Token)).Records.Count);
        Assert.NotNull(await live.GetAsync(Key(3), Token));
        Assert.Null(await live.GetAsync(Key(9), Token));
        await live.WriteAsync(new Write.Delete(Key(1), Guard.None, s_ann), Token);
        Assert.Equal(3, live.Count);
        Assert.Equal(reads, _source.Reads);
    }

    [Theory]
    [InlineData(LiveTableMode.Full)]
    [InlineData(LiveTableMode.Bounded)]
    public async Task Feed_ThatBreaks_IsTakenUpAgainAndWhatWasMissedIsRead(LiveTableMode mode)
    {
        for (var i = 1; i <= 3; i++)
        {
            await AddAsync(i);
        }

        await using var live = await LiveTable.OpenAsync(_source, new LiveTableOptions { Mode = mode }, Token);
        await using var reader = new ChangeCollector(t => live.ChangesAsync(null, t));
        await live.WriteAsync(new Write.Update(Key(1), Patch.Of("label", "mine"), Guard.None, s_ann), Token);
        await reader.CountAsync(1, "my own write");
        Assert.Equal(2, (await live.GetManyAsync([Key(1), Key(2)], null, Token)).Count);

        // The source is away for its reads too when the feed breaks, so the first attempts to come back fail.
        _source.IsDown = true;
        _source.BreakFeed();
        var direct = _database.Find("pairs")!;
        await direct.WriteAsync(new Write.Update(Key(1), Patch.Of("label", "missed"), Guard.None, s_ann), Token);
        await direct.WriteAsync(new Write.Delete(Key(2), Guard.None, s_ann), Token);
        await direct.WriteAsync(Insert(4), Token);
        _source.IsDown = false;

        await reader.UntilAsync(c => c.Any(x => x.Kind == ChangeKind.Reset), "that everything is read again", Token);
        Assert.Equal("missed", (await live.GetAsync(Key(1), Token))!["label"]);
        Assert.Null(await live.GetAsync(Key(2), Token));
        Assert.Equal(3, await live.CountAsync(Tandem.Querying.Filter.All, Token));

        await direct.WriteAsync(new Write.Update(Key(3), Patch.Of("label", "later"), Guard.None, s_ann), Token);
        await reader.UntilAsync(c => c.Any(x => x.Key.Equals(Key(3))), "a change after the break", Token);
        Assert.Equal("later", (await live.GetAsync(Key(3), Token))!["label"]);
    }

    private static RecordKey Key(long number) => new("a", number);

    private static Write.Insert Insert(long number) => new(new Patch([new("area", "a"), new("number", number), new("label", "one")]), s_ann);

    private async Task AddAsync(long number) => Assert.IsType<WriteResult.Written>(await _database.Find("pairs")!.WriteAsync(Insert(number), Token));
}
