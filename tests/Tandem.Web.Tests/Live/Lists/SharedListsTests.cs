using Microsoft.Extensions.DependencyInjection;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.Live;
using Tandem.Web.Live.Lists;

namespace Tandem.Web.Tests.Live.Lists;

/// <summary>Lists that several pages show.</summary>
public sealed class SharedListsTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly WatchedPart s_part = new("p1", "products", Query: "$filter=price gt 3&$orderby=name&$first=2", Fields: ["name", "price"]);

    [Fact]
    public async Task Pages_ThatAskTheSame_ShareOneListAndHearTheSame()
    {
        await using var server = await TandemServer.StartAsync();
        var lists = server.Services.GetRequiredService<SharedLists>();
        var (first, second) = (Page(server, "first"), Page(server, "second"));
        Assert.Null(await lists.JoinAsync(first, s_part));
        Assert.Null(await lists.JoinAsync(second, s_part));
        Assert.Equal(1, lists.Count);
        Assert.Empty((await NextAsync(first)).Rows!);
        Assert.Empty((await NextAsync(second)).Rows!);

        await AddAsync(server, "Rye", 4.20m);
        foreach (var page in new[] { first, second })
        {
            var change = Assert.Single((await NextAsync(page)).Changes!);
            Assert.Equal(("insert", 0, "Rye", "4.20"), (change.Kind, change.Index, change.Row!.Fields["name"].Text, change.Row.Fields["price"].Text));
        }

        // Who comes later gets the rows as they are.
        var third = Page(server, "third");
        Assert.Null(await lists.JoinAsync(third, s_part));
        Assert.Equal(["Rye"], (await NextAsync(third)).Rows!.Select(r => r.Fields["name"].Text));

        foreach (var page in new[] { first, second, third })
        {
            lists.Leave(page, "p1");
        }

        Assert.Equal(0, lists.Count);
    }

    [Fact]
    public async Task Rows_PushedOutAndPulledIn_AreTold()
    {
        await using var server = await TandemServer.StartAsync();
        var lists = server.Services.GetRequiredService<SharedLists>();
        var page = Page(server, "page");
        await AddAsync(server, "Malt", 4m);
        await AddAsync(server, "Rye", 4m);
        Assert.Null(await lists.JoinAsync(page, s_part));
        Assert.Equal(["Malt", "Rye"], (await NextAsync(page)).Rows!.Select(r => r.Fields["name"].Text));

        var key = await AddAsync(server, "Barley", 4m);
        Assert.Equal([("insert", 0), ("remove", 2)], (await NextAsync(page)).Changes!.Select(c => (c.Kind, c.Index)));
        await server.Tandem.Find("products")!.WriteAsync(new Write.Delete(key, Guard.None, new WriteContext("Ana")), Http.Cancelled);
        Assert.Equal([("remove", 0), ("insert", 1)], (await NextAsync(page)).Changes!.Select(c => (c.Kind, c.Index)));
    }

    [Theory]
    [InlineData("nowhere", "$first=5", "nowhere")]
    [InlineData("products", "$filter=prize gt 3", "prize")]
    [InlineData("products", "$first=0", "$first")]
    [InlineData("products", "$filter=secret eq 'x'", "secret")]
    public async Task List_ThatCannotBe_IsRefusedWithTheReason(string table, string query, string named)
    {
        await using var server = await TandemServer.StartAsync();
        var reason = await server.Services.GetRequiredService<SharedLists>().JoinAsync(Page(server, "page"), new WatchedPart("p1", table, Query: query));
        Assert.Contains(named, reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_OfATableTheUserMayNotSee_IsRefused()
    {
        await using var server = await TandemServer.StartAsync();
        var page = new LiveConnection("page", "viewer", () => { });
        Assert.Contains("administrators", await server.Services.GetRequiredService<SharedLists>().JoinAsync(page, new WatchedPart("p1", "tandem_users", Query: "$first=5")), StringComparison.Ordinal);
        Assert.Equal(0, server.Services.GetRequiredService<SharedLists>().Count);
    }

    private static LiveConnection Page(TandemServer server, string id)
    {
        var page = new LiveConnection(id, "editor", () => { });
        server.Services.GetRequiredService<WatchIndex>().Add(page);
        return page;
    }

    private static async Task<RecordKey> AddAsync(TandemServer server, string name, decimal price) =>
        Assert.IsType<WriteResult.Written>(await server.Tandem.Find("products")!.WriteAsync(
            new Write.Insert(new Patch([new("name", name), new("price", price)]), new WriteContext("Ana")), Http.Cancelled)).Stored.Key;

    private static async Task<ListMessage> NextAsync(LiveConnection page) =>
        Assert.IsType<ListMessage>(await page.Queue.ReadAsync(Http.Cancelled).AsTask().WaitAsync(s_patience, Http.Cancelled));
}
