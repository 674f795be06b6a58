using Tandem.Live;
using Tandem.Live.Views;
using Tandem.Records;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Tests.Live.Views;

public sealed class FieldWatchTests
{
    private static readonly WriteContext s_ann = new("Ann");
    private static readonly RecordKey s_key = new("a", 1L);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(LiveTableMode.Full)]
    [InlineData(LiveTableMode.Bounded)]
    public async Task Fields_OfARecord_AreToldThenOnlyTheirChanges(LiveTableMode mode)
    {
        await using var database = Shop.InMemory();
        var source = database.Find("pairs")!;
        await source.WriteAsync(Insert(), Token);
        await using var live = await LiveTable.OpenAsync(source, new LiveTableOptions { Mode = mode }, Token);
        await using var updates = live.WatchFieldsAsync(s_key, ["label"], Token).GetAsyncEnumerator(Token);
        Assert.Equal("one", await LabelAsync(updates));

        await SetAsync(source, "weight", 4.5);
        await SetAsync(source, "label", "two");
        Assert.Equal("two", await LabelAsync(updates));

        // Nobody reads: newer values take the place of older ones.
        await SetAsync(source, "label", "three");
        await SetAsync(source, "label", "four");
        await PassedAsync(live);
        Assert.Equal("four", await LabelAsync(updates));

        await source.WriteAsync(new Write.Delete(s_key, Guard.None, s_ann), Token);
        Assert.True(await updates.MoveNextAsync());
        Assert.True(updates.Current.IsGone);
        await source.WriteAsync(Insert(), Token);
        Assert.Equal("one", await LabelAsync(updates));
        Assert.False(updates.Current.IsGone);
    }

    [Fact]
    public async Task WatchedRecord_InACrowdedCache_Stays()
    {
        await using var database = Shop.InMemory();
        var source = new CountingTable(database.Find("pairs")!);
        for (var i = 1L; i <= 10; i++)
        {
            await source.WriteAsync(Insert(i), Token);
        }

        await using var live = await LiveTable.OpenAsync(source, new LiveTableOptions { MaxEntries = 2 }, Token);
        await using var updates = live.WatchFieldsAsync(s_key, ["label", "area", "number", "weight", "day"], Token).GetAsyncEnumerator(Token);
        Assert.True(await updates.MoveNextAsync());
        for (var i = 2L; i <= 10; i++)
        {
            await live.GetAsync(new RecordKey("a", i), Token);
        }

        var reads = source.Reads;
        Assert.NotNull(await live.GetAsync(s_key, Token));
        Assert.Equal(reads, source.Reads);
    }

    private static async Task<string?> LabelAsync(IAsyncEnumerator<FieldUpdate> updates)
    {
        Assert.True(await updates.MoveNextAsync());
        Assert.Equal("label", Assert.Single(updates.Current.Values.Keys));
        return (string?)updates.Current.Values["label"];
    }

    /// <summary>Waits until the live table has heard everything written so far.</summary>
    private static async Task PassedAsync(LiveTable live)
    {
        await using var stream = live.Follow();
        await stream.SyncAsync(Token);
    }

    private static Write.Insert Insert(long number = 1) => new(new Patch([new("area", "a"), new("number", number), new("label", "one")]), s_ann);

    private static Task<WriteResult> SetAsync(ITable table, string field, object? value) =>
        table.WriteAsync(new Write.Update(s_key, Patch.Of(field, value), Guard.None, s_ann), Token);
}
