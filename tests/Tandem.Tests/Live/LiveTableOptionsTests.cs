using Tandem.Live;
using Tandem.Live.Disk;
using Tandem.Live.Queueing;
using Tandem.Records;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Tests.Live;

public sealed class LiveTableOptionsTests
{
    private static readonly WriteContext s_ann = new("Ann");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Options_ThatCannotBe_AreSaidAllAtOnce()
    {
        await using var database = Shop.InMemory();
        var options = new LiveTableOptions
        {
            MaxEntries = 0,
            MaxBytes = 0,
            TimeToLive = TimeSpan.Zero,
            QueueLimit = 0,
            Store = new FileRecordStore("nowhere"),
            WriteBehind = new WriteBehindOptions { BatchSize = 0 },
        };
        var e = await Assert.ThrowsAsync<ArgumentException>(() => LiveTable.OpenAsync(database.Find("pairs")!, options, Token));
        foreach (var name in new[] { "MaxEntries", "MaxBytes", "TimeToLive", "QueueLimit", "Store", "WriteBehind" })
        {
            Assert.Contains(name, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task MaxBytes_WhenReached_LetsTheLeastRecentlyUsedGo()
    {
        await using var database = Shop.InMemory();
        var source = new CountingTable(database.Find("pairs")!);
        for (var i = 1L; i <= 10; i++)
        {
            await source.WriteAsync(new Write.Insert(new Patch([new("area", "a"), new("number", i), new("label", new string('x', 10_000))]), s_ann), Token);
        }

        await using var live = await LiveTable.OpenAsync(source, new LiveTableOptions { MaxBytes = 65_000 }, Token);
        for (var i = 1L; i <= 10; i++)
        {
            await live.GetAsync(new RecordKey("a", i), Token);
        }

        Assert.Equal(3, live.Count);
        Assert.InRange(live.Bytes, 60_000, 65_000);
        await live.GetAsync(new RecordKey("a", 10L), Token);
        Assert.Equal(10, source.Reads);
    }

    [Fact]
    public async Task Demand_IsByField_AndWidensWithoutForgetting()
    {
        await using var database = Shop.InMemory();
        var source = new CountingTable(database.Find("kinds")!);
        await source.WriteAsync(new Write.Insert(new Patch([new("id", 1L), new("text", "a"), new("bytes", Blob.FromContent(new byte[1_000]))]), s_ann), Token);
        await using var live = await LiveTable.OpenAsync(source, null, Token);
        var key = new RecordKey(1L);

        await live.GetManyAsync([key], ["text"], Token);
        await live.GetManyAsync([key], ["text"], Token);
        Assert.Equal(["text"], Assert.Single(source.Demands)!);

        await live.GetManyAsync([key], ["integer"], Token);
        await live.GetManyAsync([key], ["text", "integer"], Token);
        Assert.Equal(2, source.Demands.Count);
        Assert.DoesNotContain("bytes", source.Demands[1]!);
        Assert.Contains("text", source.Demands[1]!);

        Assert.NotNull((await live.GetAsync(key, Token))!["bytes"]);
        var reads = source.Reads;
        await live.GetAsync(key, Token);
        Assert.Equal(reads, source.Reads);
    }

    [Fact]
    public async Task EmptyAnswer_IsKeptToo_UntilTheRecordComes()
    {
        await using var database = Shop.InMemory();
        var source = new CountingTable(database.Find("pairs")!);
        await using var live = await LiveTable.OpenAsync(source, null, Token);
        var key = new RecordKey("a", 1L);
        Assert.Null(await live.GetAsync(key, Token));
        Assert.Null(await live.GetAsync(key, Token));
        Assert.Equal(1, source.Reads);

        await using var reader = new ChangeCollector(t => live.ChangesAsync(null, t));
        await source.WriteAsync(new Write.Insert(new Patch([new("area", "a"), new("number", 1L)]), s_ann), Token);
        await reader.CountAsync(1, "the insert");
        Assert.NotNull(await live.GetAsync(key, Token));
    }
}
