using Microsoft.Extensions.DependencyInjection;
using Tandem.Leases;
using Tandem.Tables;
using Tandem.Web.Live;
using Tandem.Web.Live.Leases;

namespace Tandem.Web.Tests.Live.Leases;

/// <summary>Messages about one lease never overtake each other, however late the store tells of it.</summary>
public sealed class LeaseOrderTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly LeasedField s_price = new("products", "1", "price");
    private static readonly LeasedField s_name = new("products", "1", "name");

    public static TheoryData<string> Older => ["held by another", "given back", "nothing held"];

    [Theory]
    [MemberData(nameof(Older))]
    public async Task FieldTakenOver_OlderUpdateComesLate_PageIsToldThatItHoldsTheField(string older)
    {
        await using var node = await Node.StartAsync();
        var (ann, bob) = (node.Page("editor"), node.Page("administrator"));
        Assert.True((await node.Leases.EnterAsync(ann, s_price, false, Http.Cancelled)).IsMine);
        var first = (await node.Store.FindAsync(s_price.Resource, Http.Cancelled))!;
        var answer = await node.Leases.EnterAsync(bob, s_price, true, Http.Cancelled);
        Assert.True(answer.IsMine);

        node.Store.Tell(older switch
        {
            "held by another" => new LeaseUpdate(false, [first], []),
            "given back" => new LeaseUpdate(false, [], [s_price.Resource]),
            _ => new LeaseUpdate(true, [], []),
        });
        // Told after it, so everything before has been told by then.
        node.Store.Tell(new LeaseUpdate(false, [first with { Resource = s_name.Resource }], []));

        var heard = await HearUntilNameAsync(bob);
        Assert.All(heard, m => Assert.Equal(("administrator", true), (m.Owner, m.IsMine)));
        Assert.Equal(heard.Select(m => m.Number).Order(), heard.Select(m => m.Number));
        Assert.Contains(answer.Told, heard);
        Assert.Equal(("administrator", false), Last(await HearUntilNameAsync(ann)));
        // What the page was told is so: entering again finds it there.
        Assert.True((await node.Leases.EnterAsync(bob, s_price, false, Http.Cancelled)).IsMine);
    }

    [Fact]
    public async Task FieldHeld_FreedBehindThePage_IsNobodysAtOnce()
    {
        await using var node = await Node.StartAsync();
        var ann = node.Page("editor");
        await node.Leases.EnterAsync(ann, s_price, false, Http.Cancelled);
        var held = (await node.Store.FindAsync(s_price.Resource, Http.Cancelled))!;
        await node.Store.ReleaseAsync(held, Http.Cancelled);

        node.Store.Tell(new LeaseUpdate(false, [], [s_price.Resource]));
        node.Store.Tell(new LeaseUpdate(false, [held with { Resource = s_name.Resource }], []));
        Assert.Equal((null, false), Last(await HearUntilNameAsync(ann)));
    }

    private static (string? Owner, bool IsMine) Last(List<LeaseMessage> heard) => (heard[^1].Owner, heard[^1].IsMine);

    /// <summary>What a page hears of the price until it hears of the name.</summary>
    private static async Task<List<LeaseMessage>> HearUntilNameAsync(LiveConnection page)
    {
        List<LeaseMessage> heard = [];
        while (true)
        {
            var message = Assert.IsType<LeaseMessage>(await page.Queue.ReadAsync(Http.Cancelled).AsTask().WaitAsync(s_patience, Http.Cancelled));
            if (message.Field == s_name.Field)
            {
                return heard;
            }

            heard.Add(message);
        }
    }

    private sealed class Node(TandemServer server, LateLeases store) : IAsyncDisposable
    {
        public LateLeases Store => store;

        public FieldLeases Leases => server.Services.GetRequiredService<FieldLeases>();

        public static async Task<Node> StartAsync()
        {
            var shop = Shop.Create();
            await shop.Find("products")!.WriteAsync(new Write.Insert(new([new("name", "Rye"), new("price", 1m)]), new WriteContext("Ana")), Http.Cancelled);
            var store = new LateLeases(new TableLeases(shop.FindSystem(SystemTables.LeasesName)!, TimeProvider.System));
            return new Node(await TandemServer.StartAsync(shop, configure: o => o.Leases.Store = (_, _) => store), store);
        }

        /// <summary>A page that shows the record.</summary>
        public LiveConnection Page(string user)
        {
            var page = new LiveConnection(Guid.NewGuid().ToString("N"), user, () => { });
            var index = server.Services.GetRequiredService<WatchIndex>();
            index.Add(page);
            index.Watch(page, new Dictionary<string, Watched> { ["products"] = Made.Watch(false, 1) });
            return page;
        }

        public ValueTask DisposeAsync() => server.DisposeAsync();
    }
}
