using Microsoft.Extensions.DependencyInjection;
using Tandem.Leases;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.Live;
using Tandem.Web.Live.Leases;
using Tandem.Web.Tests.Hosting;

namespace Tandem.Web.Tests.Live.Leases;

/// <summary>Who is in which field, on two nodes before one database.</summary>
public sealed class FieldLeasesTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly LeasedField s_price = new("products", "1", "price");

    [Fact]
    public async Task Field_EnteredOnOneNode_IsToldToPagesOfBothAndFreeWhenThePageLeaves()
    {
        await using var nodes = await TwoAsync();
        var (ann, bob) = (nodes.Page(0, "editor"), nodes.Page(1, "administrator"));

        Assert.True((await nodes.Leases(0).EnterAsync(ann, s_price, false, Http.Cancelled)).IsMine);
        Assert.Equal(("editor", false), await HearAsync(bob));
        Assert.Equal(("editor", true), await HearUntilAsync(ann, m => m.IsMine));
        Assert.Equal("editor", (await nodes.Leases(1).EnterAsync(bob, s_price, false, Http.Cancelled)).Owner);

        await nodes.Leases(0).LeaveAllAsync(ann);
        Assert.Null((await HearAsync(bob)).Owner);
        Assert.True((await nodes.Leases(1).EnterAsync(bob, s_price, false, Http.Cancelled)).IsMine);
    }

    [Fact]
    public async Task Field_TakenOver_IsTheOthersAndSaysFromWhom()
    {
        await using var nodes = await TwoAsync();
        var (ann, bob) = (nodes.Page(0, "editor"), nodes.Page(1, "administrator"));
        await nodes.Leases(0).EnterAsync(ann, s_price, false, Http.Cancelled);
        await HearAsync(bob);

        Assert.True((await nodes.Leases(1).EnterAsync(bob, s_price, true, Http.Cancelled)).IsMine);
        Assert.Equal(("administrator", false), await HearUntilAsync(ann, m => m.Owner == "administrator"));
        // Leaving what was taken gives nothing back.
        await nodes.Leases(0).LeaveAsync(ann, s_price);
        Assert.False((await nodes.Leases(0).EnterAsync(ann, s_price, false, Http.Cancelled)).IsMine);
    }

    [Fact]
    public async Task EnforcedField_HeldByAnother_KeepsEveryWayOfWritingOut()
    {
        await using var nodes = await TwoAsync();
        var ann = nodes.Page(0, "administrator");
        await nodes.Leases(0).EnterAsync(ann, s_price, false, Http.Cancelled);
        await HearAsync(ann);
        using var editor = nodes.Server(0).Client();

        using var merged = await editor.PatchAsync("/api/tables/products/1", Http.Json("""{"price": 2}""", "application/merge-patch+json"), Http.Cancelled);
        Assert.Equal(423, (int)merged.StatusCode);
        using var unit = await editor.PostAsync("/api/units", Http.Json("""{"writes": [{"table": "products", "key": "1", "set": {"price": 2}, "base": {"price": 1}}]}"""), Http.Cancelled);
        Assert.Equal(422, (int)unit.StatusCode);
        Assert.Contains("administrator is changing it", await unit.Content.ReadAsStringAsync(Http.Cancelled), StringComparison.Ordinal);
        using var other = await editor.PatchAsync("/api/tables/products/1", Http.Json("""{"name": "Rye roll"}""", "application/merge-patch+json"), Http.Cancelled);
        Assert.Equal(200, (int)other.StatusCode);
        using var own = await nodes.Server(0).Client(TandemServer.AdministratorToken).PatchAsync("/api/tables/products/1", Http.Json("""{"price": 3}""", "application/merge-patch+json"), Http.Cancelled);
        Assert.Equal(200, (int)own.StatusCode);
    }

    [Fact]
    public async Task Field_EnteredByWhoMayNotChangeIt_IsRefused()
    {
        await using var nodes = await TwoAsync();
        var answer = await nodes.Leases(0).EnterAsync(nodes.Page(0, "viewer"), s_price, false, Http.Cancelled);
        Assert.False(answer.IsMine);
        Assert.NotNull(answer.Reason);
        Assert.NotNull(await nodes.Leases(0).FreeAsync(nodes.Page(0, "editor"), s_price, Http.Cancelled));
        Assert.Equal("There is no such field.", (await nodes.Leases(0).EnterAsync(nodes.Page(0, "editor"), s_price with { Field = "secret" }, false, Http.Cancelled)).Reason);
    }

    [Fact]
    public async Task Field_FreedByAnAdministrator_IsNobodys()
    {
        await using var nodes = await TwoAsync();
        var (ann, bob) = (nodes.Page(0, "editor"), nodes.Page(1, "administrator"));
        await nodes.Leases(0).EnterAsync(ann, s_price, false, Http.Cancelled);
        Assert.Null(await nodes.Leases(1).FreeAsync(bob, s_price, Http.Cancelled));
        await HearUntilAsync(ann, m => m.Owner is null);
        Assert.True((await nodes.Leases(1).EnterAsync(bob, s_price, false, Http.Cancelled)).IsMine);
    }

    private static async Task<(string? Owner, bool IsMine)> HearAsync(LiveConnection page) => await HearUntilAsync(page, _ => true);

    private static async Task<(string? Owner, bool IsMine)> HearUntilAsync(LiveConnection page, Func<LeaseMessage, bool> wanted)
    {
        while (true)
        {
            if (await page.Queue.ReadAsync(Http.Cancelled).AsTask().WaitAsync(s_patience, Http.Cancelled) is LeaseMessage message && wanted(message))
            {
                return (message.Owner, message.IsMine);
            }
        }
    }

    private static async Task<Nodes> TwoAsync()
    {
        var shop = Shop.Create();
        await shop.Find("products")!.WriteAsync(new Write.Insert(new Patch([new("name", "Rye"), new("price", 1m)]), new WriteContext("Ana")), Http.Cancelled);
        Task<TandemServer> NodeAsync() => TandemServer.StartAsync(new ShamDatabase(shop), configure: o => o.Leases.Field("products", "price", LeaseMode.Enforced));
        return new Nodes([await NodeAsync(), await NodeAsync()]);
    }

    private sealed class Nodes(TandemServer[] servers) : IAsyncDisposable
    {
        public TandemServer Server(int node) => servers[node];

        public FieldLeases Leases(int node) => servers[node].Services.GetRequiredService<FieldLeases>();

        /// <summary>A page that shows the record.</summary>
        public LiveConnection Page(int node, string user)
        {
            var page = new LiveConnection(Guid.NewGuid().ToString("N"), user, () => { });
            var index = servers[node].Services.GetRequiredService<WatchIndex>();
            index.Add(page);
            index.Watch(page, new Dictionary<string, Watched> { ["products"] = Made.Watch(false, 1) });
            return page;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var server in servers)
            {
                await server.DisposeAsync();
            }
        }
    }
}
