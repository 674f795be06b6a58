using Tandem.Editing;
using Tandem.Leases;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Tests.Editing;

/// <summary>Saves whose answer never came: what became of them is found out, never guessed.</summary>
public sealed class UnknownOutcomeTests
{
    private readonly MemoryDatabase _memory = Shop.InMemory();
    private readonly FlakyDatabase _database;

    public UnknownOutcomeTests() => _database = new FlakyDatabase(_memory);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private ITable Goods => _database.Find("goods")!;

    [Theory]
    [InlineData(nameof(Cut.BeforeArrival), 1)]
    [InlineData(nameof(Cut.BeforeAnswer), 2)]
    public async Task Save_WhoseLineBreaks_IsSentAgainAndDoneOnce(string cut, int arrivals)
    {
        using var edit = await OpenAsync();
        edit["price"] = 5m;
        _database.Next(Enum.Parse<Cut>(cut));
        var before = _database.Arrived;

        var saved = Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));

        Assert.Equal(5m, saved.Stored["price"]);
        Assert.Equal(arrivals, _database.Arrived - before);
        Assert.Equal(2, (await _memory.HistoryAsync("goods", edit.Key, 10, Token)).Count);
        Assert.Empty(edit.ModifiedFields);
    }

    [Fact]
    public async Task Counter_WhoseAnswerIsLost_CountsOnce()
    {
        var options = Options();
        options.Policies["stock"] = FieldPolicy.Add;
        using var edit = await OpenAsync(options);
        edit["stock"] = 8L;
        _database.Next(Cut.BeforeAnswer, Cut.BeforeAnswer, Cut.BeforeAnswer);

        Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));

        Assert.Equal(8L, (await Goods.GetAsync(edit.Key, Token))!["stock"]);
        Assert.Equal(8L, edit["stock"]);
    }

    [Fact]
    public async Task Counter_OthersAddToBeforeTheAnswerComes_CountsOnceAndShowsTheirs()
    {
        var options = Options();
        options.Policies["stock"] = FieldPolicy.Add;
        using var edit = await OpenAsync(options);
        edit["stock"] = 8L;
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        edit.Changed += _ => heard.TrySetResult();
        _database.Meanwhile = () => _memory.Find("goods")!.WriteAsync(new Write.Update(edit.Key, Patch.Of("stock", 20L), Guard.None, new WriteContext("Ann")), Token);

        Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);

        Assert.Equal(20L, edit["stock"]);
        Assert.Empty(edit.ModifiedFields);
    }

    [Fact]
    public async Task Counter_ReadAgainBeforeItsSaveIsFoundOut_CountsOnce()
    {
        var options = Options();
        options.Policies["stock"] = FieldPolicy.Add;
        using var edit = await OpenAsync(options);
        edit["stock"] = 8L;
        _database.Next(Cut.BeforeAnswer);
        _database.Meanwhile = () =>
        {
            _database.IsDown = true;
            return Task.CompletedTask;
        };
        Assert.True(Assert.IsType<SaveResult.Failed>(await edit.SaveAsync(Token)).IsOutcomeUnknown);
        _database.IsDown = false;

        await edit.RefreshAsync(Token);

        Assert.Equal(8L, edit["stock"]);
        Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));
        Assert.Equal(8L, (await Goods.GetAsync(edit.Key, Token))!["stock"]);
    }

    [Fact]
    public async Task Field_TypedBackBeforeTheAnswerComes_KeepsWhatWasTypedLast()
    {
        using var edit = await OpenAsync();
        edit["price"] = 5m;
        _database.Meanwhile = () =>
        {
            edit["price"] = 3.50m;
            return Task.CompletedTask;
        };

        await edit.SaveAsync(Token);

        Assert.Equal(3.50m, edit["price"]);
        Assert.Equal(["price"], edit.ModifiedFields);
        await edit.SaveAsync(Token);
        Assert.Equal(3.50m, (await Goods.GetAsync(edit.Key, Token))!["price"]);
    }

    [Fact]
    public async Task Save_WithoutAnyAnswer_FailsOpenlyAndTheNextOneFindsOut()
    {
        using var edit = await OpenAsync();
        edit["price"] = 5m;
        _database.IsDown = true;

        var failed = Assert.IsType<SaveResult.Failed>(await edit.SaveAsync(Token));

        Assert.True(failed.IsOutcomeUnknown);
        Assert.IsType<DatabaseUnavailableException>(failed.Cause);
        Assert.Equal(5m, edit["price"]);
        _database.IsDown = false;
        Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));
        Assert.Equal(2, (await _memory.HistoryAsync("goods", edit.Key, 10, Token)).Count);
    }

    [Fact]
    public async Task Save_CancelledAfterItArrived_IsTakenInByTheNextThoughTheDraftWentOn()
    {
        using var edit = await OpenAsync();
        edit["price"] = 5m;
        _database.Next(Cut.Cancelled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => edit.SaveAsync(Token));
        edit["note"] = "more";

        Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));

        var history = await _memory.HistoryAsync("goods", edit.Key, 10, Token);
        Assert.Equal(["note", "price"], history.Take(2).Select(c => Assert.Single(c.After.Keys)));
        Assert.Empty(edit.ModifiedFields);
    }

    [Fact]
    public async Task Save_CancelledAndThenReverted_WritesNothingMore()
    {
        using var edit = await OpenAsync();
        edit["price"] = 5m;
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => edit.SaveAsync(gone.Token));
        edit.Revert();

        Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));

        Assert.Single(await _memory.HistoryAsync("goods", edit.Key, 10, Token));
        Assert.Equal(3.50m, (await Goods.GetAsync(edit.Key, Token))!["price"]);
    }

    [Fact]
    public async Task Create_WhoseAnswerIsLost_StoresOnceAndGoesOnUnderTheRealKey()
    {
        using var edit = RecordEdit.New(_database, Goods, "Bob", Options());
        edit["name"] = "Rye";
        _database.Next(Cut.BeforeAnswer, Cut.BeforeArrival);

        var created = Assert.IsType<SaveResult.Created>(await edit.SaveAsync(Token));

        Assert.Equal(created.Key, edit.Key);
        Assert.Equal(1, await Goods.CountAsync(Filter.All, Token));
    }

    [Fact]
    public async Task Create_WithoutAnswerThenTypedOn_StoresOneRecordWithWhatWasTypedLast()
    {
        using var edit = RecordEdit.New(_database, Goods, "Bob", Options());
        edit["name"] = "Rye";
        _database.Next(Cut.Cancelled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => edit.SaveAsync(Token));
        edit["name"] = "Rye bread";

        var result = await edit.SaveAsync(Token);

        Assert.IsType<SaveResult.Saved>(result);
        Assert.Equal("Rye bread", Assert.Single((await Goods.QueryAsync(new Query(), Token)).Records)["name"]);
        Assert.Empty(edit.ModifiedFields);
        Assert.False(edit.IsNew);
    }

    [Fact]
    public async Task Create_SavedByTwoClicksAtOnce_StoresOnce()
    {
        using var edit = RecordEdit.New(_database, Goods, "Bob", Options());
        edit["name"] = "Rye";

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => edit.SaveAsync(Token))));

        Assert.Single(results.OfType<SaveResult.Created>());
        Assert.Equal(7, results.OfType<SaveResult.Saved>().Count());
        Assert.Equal(1, await Goods.CountAsync(Filter.All, Token));
    }

    [Fact]
    public async Task Write_WithoutId_WhoseLineBreaks_FailsWithoutBeingSentTwice()
    {
        _database.Next(Cut.BeforeAnswer);

        var failed = Assert.IsType<SaveResult.Failed>(await RecordSaver.CreateAsync(Goods, Patch.Of("name", "Rye"), new WriteContext("Bob"), Token));

        Assert.True(failed.IsOutcomeUnknown);
        Assert.Equal(1, _database.Arrived);
    }

    [Fact]
    public async Task Save_UnderALeaseThatIsLost_FailsKnowinglyAndKeepsTheDraft()
    {
        var options = Options();
        options.Fence = new Fence("goods", 1);
        using var edit = await OpenAsync(options);
        edit["price"] = 5m;

        var failed = Assert.IsType<SaveResult.Failed>(await edit.SaveAsync(Token));

        Assert.Equal("goods", Assert.IsType<LeaseLostException>(failed.Cause).Resource);
        Assert.False(failed.IsOutcomeUnknown);
        Assert.Equal(["price"], edit.ModifiedFields);
    }

    private static RecordEditOptions Options() => new() { Clock = new QuickClock() };

    private async Task<RecordEdit> OpenAsync(RecordEditOptions? options = null)
    {
        var added = Assert.IsType<WriteResult.Written>(await Goods.WriteAsync(
            new Write.Insert(new Patch([new("name", "Rye"), new("price", 3.50m)]), new WriteContext("Ann")), Token));
        return (await RecordEdit.OpenAsync(_database, Goods, added.Stored.Key, "Bob", options ?? Options(), Token))!;
    }
}
