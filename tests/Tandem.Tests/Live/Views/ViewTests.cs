using Tandem.Live;
using Tandem.Live.Views;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Specification.Tables;
using Tandem.Specification.Views;
using Tandem.Tables;

namespace Tandem.Tests.Live.Views;

public sealed class ViewTests : IAsyncLifetime
{
    private static readonly WriteContext s_ann = new("Ann");
    private readonly MemoryDatabase _database = Shop.InMemory();
    private CountingTable _source = null!;
    private LiveTable _live = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        for (var i = 1; i <= 20; i++)
        {
            await AddAsync($"good {i:00}", i % 5);
        }

        _source = new CountingTable(_database.Find("goods")!);
        _live = await LiveTable.OpenAsync(_source, new LiveTableOptions { QueueLimit = 3 }, Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _live.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task EqualQueries_OfSeveralSubscribers_AreAskedAndKeptUpOnce()
    {
        var query = new Query { Filter = Filter.Eq("stock", 2L), Order = [new Order("name")] };
        await using var one = new ViewReader(_live, query);
        await one.NextAsync("the snapshot");
        await using var two = new ViewReader(_live, query with { Filter = Filter.Eq("stock", 2L) });
        await two.NextAsync("the snapshot");

        Assert.Equal((1, 1), (_live.StandingQueries, _source.Queries));
        await AddAsync("good 00", 2);
        await one.UntilAsync(r => r.Count == 5, "the new record");
        await two.UntilAsync(r => r.Count == 5, "the new record");
        Assert.Equal("good 00", one.Rows[0].Record["name"]);
        Assert.Equal(1, _source.Queries);
    }

    [Fact]
    public async Task Query_NobodyFollowsAnyLonger_IsNoLongerKeptUp()
    {
        var one = new ViewReader(_live, new Query());
        await one.NextAsync("the snapshot");
        await one.DisposeAsync();

        Assert.Equal(0, _live.StandingQueries);
    }

    [Fact]
    public async Task Change_OfWhatTheRowsDoNotShow_IsNotTold()
    {
        await using var reader = new ViewReader(_live, new Query { Filter = Filter.Eq("stock", 2L), Fields = ["name"] });
        await reader.NextAsync("the snapshot");

        await SetAsync(2, "note", "not asked for");
        await SetAsync(3, "note", "not in the list");
        await SetAsync(2, "name", "told");
        var update = Assert.IsType<ViewUpdate.Changed>(await reader.NextAsync("the name"));

        Assert.Equal("name", Assert.Single(Assert.IsType<ViewChange.Updated>(Assert.Single(update.Changes)).Fields));
        Assert.Equal(2, reader.Updates.Count);
    }

    [Fact]
    public async Task ChangesOfRowsShown_AreToldWithoutAskingTheSource()
    {
        await using var reader = new ViewReader(_live, new Query { Order = [new Order("name")], First = 100 });
        await reader.NextAsync("the snapshot");
        var asked = _source.Reads;

        for (var i = 1; i <= 20; i++)
        {
            await SetAsync(i, "stock", 100L + i);
        }

        await AddAsync("good 99", 3);
        await _source.WriteAsync(new Write.Delete(new RecordKey(5L), Guard.None, s_ann), Token);
        await reader.UntilAsync(r => r.Count == 20 && r[0].Record["stock"] is 101L && r[^1].Record["name"] is "good 99", "all of it");
        Assert.Equal(asked, _source.Reads);
    }

    [Fact]
    public async Task RowThatGoes_FromAFullList_IsFollowedByTheNextOne()
    {
        await using var reader = new ViewReader(_live, new Query { First = 3, Order = [new Order("name")] }, new WatchOptions { WithCount = true });
        await reader.NextAsync("the snapshot");

        for (long i = 1; i <= 17; i++)
        {
            await _source.WriteAsync(new Write.Delete(new RecordKey(i), Guard.None, s_ann), Token);
        }

        await reader.UntilAsync(r => r.Count == 3 && r[0].Record["name"] is "good 18", "the last three");
        Assert.Equal(3, reader.Count);
        Assert.InRange(_source.Queries, 1, 3);
    }

    [Fact]
    public async Task SlowSubscriber_GetsAFreshSnapshot_AndDelaysNobody()
    {
        var query = new Query { Order = [new Order("name")], First = 100 };
        var slow = _live.WatchAsync(query, null, Token).GetAsyncEnumerator(Token);
        Assert.True(await slow.MoveNextAsync());
        await using var quick = new ViewReader(_live, query);
        await quick.NextAsync("the snapshot");

        for (var i = 1; i <= 10; i++)
        {
            var name = $"new {i:00}";
            await AddAsync(name, 1);
            await quick.UntilAsync(r => r.Any(x => x.Record["name"] is string n && n == name), name);
        }

        Assert.True(await slow.MoveNextAsync());
        var snapshot = Assert.IsType<ViewUpdate.Snapshot>(slow.Current);
        Assert.Equal(30, snapshot.Rows.Count);
        Assert.Equal(1, quick.Snapshots);
        await slow.DisposeAsync();
    }

    [Fact]
    public async Task Labels_OfWhatRowsReferTo_ComeWithThemAndAreKeptUp()
    {
        var categories = _database.Add(new TableSchema("kinds_of_goods", [new Field("id", FieldType.Integer) { IsNullable = false }, new Field("name", FieldType.Text)], ["id"]));
        var goods = _database.Add(new TableSchema("labelled", [new Field("id", FieldType.Integer) { IsNullable = false }, new Field("kind_id", FieldType.Integer)], ["id"])
        {
            References = [new Reference(["kind_id"], "kinds_of_goods", ["id"])],
        });
        await categories.WriteAsync(new Write.Insert(new Patch([new("id", 1L), new("name", "Bread")]), s_ann), Token);
        await goods.WriteAsync(new Write.Insert(new Patch([new("id", 7L), new("kind_id", 1L)]), s_ann), Token);
        await using var kinds = await LiveTable.OpenAsync(categories, null, Token);
        await using var live = await LiveTable.OpenAsync(goods, null, Token);
        await using var reader = new ViewReader(live, new Query(), new WatchOptions { Labels = new Dictionary<string, LiveTable> { ["kind_id"] = kinds } });
        await reader.UntilAsync(r => r.Count == 1 && r[0].Labels["kind_id"] == "Bread", "the label");

        await kinds.WriteAsync(new Write.Update(new RecordKey(1L), Patch.Of("name", "Loaf"), Guard.None, s_ann), Token);
        await reader.UntilAsync(r => r[0].Labels["kind_id"] == "Loaf", "the new label");
        await goods.WriteAsync(new Write.Update(new RecordKey(7L), Patch.Of("kind_id", null), Guard.None, s_ann), Token);
        await reader.UntilAsync(r => r[0].Labels["kind_id"] is null, "no label");
    }

    [Fact]
    public async Task WrongQueries_AreRefusedAtTheCall()
    {
        Assert.Equal("nope", Assert.Throws<QueryException>(() => _live.WatchAsync(new Query { Filter = Filter.Eq("nope", 1L) }, null, Token)).Field);
        Assert.Throws<QueryException>(() => _live.WatchAsync(new Query { Order = [new Order("nope")] }, null, Token));
        Assert.Equal("$after", Assert.Throws<QueryException>(() => _live.WatchAsync(new Query { After = "x" }, null, Token)).Field);
        Assert.Equal("stock", Assert.Throws<QueryException>(() => _live.WatchAsync(new Query(), new WatchOptions { Labels = new Dictionary<string, LiveTable> { ["stock"] = _live } }, Token)).Field);
        Assert.Throws<QueryException>(() => _live.WatchFieldsAsync(new RecordKey(1L), ["nope"], Token));
        await Task.CompletedTask;
    }

    [Fact]
    public async Task OrderThatMemoryCannotKeep_IsAskedOfTheSourceAgain()
    {
        var table = _database.Add(new TableSchema("words", [new Field("id", FieldType.Integer) { IsNullable = false }, new Field("word", FieldType.Text) { IsOrderedAlike = false }], ["id"]));
        await table.WriteAsync(new Write.Insert(new Patch([new("id", 1L), new("word", "b")]), s_ann), Token);
        var counting = new CountingTable(table);
        await using var live = await LiveTable.OpenAsync(counting, new LiveTableOptions { Mode = LiveTableMode.Full }, Token);
        await using var reader = new ViewReader(live, new Query { Order = [new Order("word")] });
        await reader.NextAsync("the snapshot");

        await table.WriteAsync(new Write.Insert(new Patch([new("id", 2L), new("word", "a")]), s_ann), Token);
        await reader.UntilAsync(r => r.Count == 2 && r[0].Record["word"] is "a", "the new first");
        await table.WriteAsync(new Write.Update(new RecordKey(2L), Patch.Of("word", "c"), Guard.None, s_ann), Token);
        await reader.UntilAsync(r => r[1].Record["word"] is "c", "the new last");
        Assert.True(counting.Queries >= 3);
    }

    [Fact]
    public async Task Source_AwayForAWhile_IsAskedAgainAndNothingIsMissed()
    {
        await using var reader = new ViewReader(_live, new Query { Order = [new Order("name")], First = 100 });
        await reader.NextAsync("the snapshot");
        _source.IsDown = true;
        _source.BreakFeed();
        await _database.Find("goods")!.WriteAsync(new Write.Delete(new RecordKey(1L), Guard.None, s_ann), Token);
        _source.IsDown = false;

        await reader.UntilAsync(r => r.Count == 19, "the missed removal");
        Assert.Equal(1, reader.Snapshots);
    }

    [Fact]
    public async Task Table_Disposed_EndsEveryStream()
    {
        var stream = _live.WatchAsync(new Query(), null, Token).GetAsyncEnumerator(Token);
        var fields = _live.WatchFieldsAsync(new RecordKey(1L), ["name"], Token).GetAsyncEnumerator(Token);
        Assert.True(await stream.MoveNextAsync());
        Assert.True(await fields.MoveNextAsync());

        await _live.DisposeAsync();

        Assert.False(await stream.MoveNextAsync());
        Assert.False(await fields.MoveNextAsync());
        Assert.Throws<ObjectDisposedException>(() => _live.WatchAsync(new Query(), null, Token));
    }

    private async Task AddAsync(string name, long stock) => Assert.IsType<WriteResult.Written>(
        await _database.Find("goods")!.WriteAsync(new Write.Insert(new Patch([new("name", name), new("stock", stock)]), s_ann), Token));

    private Task<WriteResult> SetAsync(long id, string field, object? value) =>
        _source.WriteAsync(new Write.Update(new RecordKey(id), Patch.Of(field, value), Guard.None, s_ann), Token);
}
