using System.ComponentModel.DataAnnotations.Schema;
using Tandem.Editing;
using Tandem.Live;
using Tandem.Live.Views;
using Tandem.Querying.Lambdas;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Tests.Live;

public sealed class LiveTableOfTTests : IAsyncLifetime
{
    private readonly MemoryDatabase _database = new();
    private LiveTable<Loaf> _loaves = null!;

    private enum Crust
    {
        Thin,
        Thick,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database.Add<Loaf>();
        _loaves = await LiveTable<Loaf>.OpenAsync(_database, cancellationToken: Token);
        foreach (var (name, price) in new[] { ("Rye", 3.5m), ("Wheat", 2m), ("Rolls", 4m) })
        {
            Assert.IsType<SaveResult.Created>(await _loaves.AddAsync(new Loaf { Name = name, Price = price, Crust = Crust.Thick }, "Ann", Token));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _loaves.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Objects_AreFoundByLambdas()
    {
        var found = await _loaves.QueryAsync(p => p.Price > 3 && p.Name.StartsWith("R", StringComparison.Ordinal), cancellationToken: Token);
        Assert.Equal(["Rye", "Rolls"], found.Select(l => l.Name));
        Assert.Equal(3, await _loaves.CountAsync(l => l.Crust == Crust.Thick, Token));
        var byPrice = await _loaves.QueryAsync(_loaves.QueryOf(by: l => l.Price, descending: true, first: 2), Token);
        Assert.Equal(["Rolls", "Rye"], byPrice.Select(l => l.Name));
    }

    [Fact]
    public async Task LambdaThatNoFilterCanSay_IsRefusedAtTheCall_NamingThePart()
    {
        var e = await Assert.ThrowsAsync<FilterExpressionException>(() => _loaves.QueryAsync(l => l.Name.Trim().Length > 3, cancellationToken: Token));
        Assert.Contains("Trim", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_OfObjects_IsKeptUp()
    {
        await using var list = await _loaves.ObserveAsync(_loaves.QueryOf(l => l.Price < 4, l => l.Name), cancellationToken: Token);
        Assert.Equal(["Rye", "Wheat"], list.Select(l => l.Name));
        var changed = new SemaphoreSlim(0);
        list.CollectionChanged += (_, _) => changed.Release();

        using var edit = (await _loaves.EditAsync(new RecordKey(3L), "Ann", cancellationToken: Token))!;
        edit.Set(l => l.Price, 1m);
        Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));
        while (list.Count < 3)
        {
            Assert.True(await changed.WaitAsync(TimeSpan.FromSeconds(20), Token));
        }

        Assert.Equal(["Rolls", "Rye", "Wheat"], list.Select(l => l.Name));
    }

    [Fact]
    public async Task NewObject_HasAKeyAtOnce_AndIsStoredOnce()
    {
        using var edit = _loaves.New("Ann");
        Assert.IsType<TemporaryKey>(Assert.Single(edit.Record.Key.Values));
        edit.Set(l => l.Name, "Brioche");
        edit.Set(l => l.Price, 6m);
        edit.Set(l => l.Crust, Crust.Thin);
        var created = Assert.IsType<SaveResult.Created>(await edit.SaveAsync(Token));
        Assert.IsType<SaveResult.Saved>(await edit.SaveAsync(Token));

        Assert.Equal("Brioche", (await _loaves.GetAsync(created.Key, Token))!.Name);
        Assert.Equal(4, await _loaves.CountAsync(cancellationToken: Token));
    }

    [Fact]
    public async Task Delete_OfAnObjectChangedSinceItWasSeen_IsAConflict()
    {
        var seen = (await _loaves.GetAsync(new RecordKey(1L), Token))!;
        using var edit = (await _loaves.EditAsync(new RecordKey(1L), "Bob", cancellationToken: Token))!;
        edit.Set(l => l.Price, 9m);
        await edit.SaveAsync(Token);

        Assert.Equal(["price"], Assert.IsType<WriteResult.Conflicted>(await _loaves.DeleteAsync(seen, "Ann", Token)).Fields);
        Assert.IsType<WriteResult.Written>(await _loaves.DeleteAsync((await _loaves.GetAsync(new RecordKey(1L), Token))!, "Ann", Token));
        Assert.Null(await _loaves.GetAsync(new RecordKey(1L), Token));
    }

    [Table("loaves")]
    private sealed record Loaf
    {
        public long Id { get; init; }

        public required string Name { get; init; }

        public decimal Price { get; init; }

        public Crust Crust { get; init; }
    }
}
