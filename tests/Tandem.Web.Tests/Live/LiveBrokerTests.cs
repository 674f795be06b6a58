using Microsoft.Extensions.DependencyInjection;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.Live;
using Tandem.Web.Tests.Hosting;

namespace Tandem.Web.Tests.Live;

/// <summary>The one reader of the feed when something fails.</summary>
public sealed class LiveBrokerTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_batch_that_cannot_be_told_resets_its_pages_and_holds_up_nothing()
    {
        var inner = Shop.Create();
        var database = new ShamDatabase(inner);
        await using var server = await TandemServer.StartAsync(database);
        var (page, other) = (Watch(server, "products"), Watch(server, "words"));
        var products = inner.Find("products")!;
        Assert.IsType<LiveBatch>(await HearAsync(page, products));

        database.OnFind = () => throw new InvalidDataException("This schema is no more.");
        Assert.Same(LiveConnection.Reset, await HearAsync(page, products, message => message is not LiveBatch));
        database.OnFind = null;
        Assert.IsType<LiveBatch>(await HearAsync(page, products, message => message is LiveBatch));
        Assert.False(other.Queue.TryRead(out _));
    }

    [Fact]
    public async Task A_catch_up_that_fails_resets_the_page()
    {
        var inner = Shop.Create();
        var database = new ShamDatabase(inner);
        await using var server = await TandemServer.StartAsync(database);
        var from = inner.Feed.Current;
        await inner.Find("products")!.WriteAsync(new Write.Insert(Patch.Of("name", "Rye"), new WriteContext("Ana")), Http.Cancelled);
        var page = Watch(server, "products");
        database.MissedFailure = new InvalidDataException("This journal is no more.");
        await server.Services.GetRequiredService<LiveBroker>().RegisterAsync(
            page, new RegisterRequest(from.Value, [new WatchedPart("list", "products", Whole: true)], null), Http.Cancelled);
        // The broker may tell the page of the new record by itself, before or after.
        while (await page.Queue.ReadAsync(Http.Cancelled).AsTask().WaitAsync(s_patience, Http.Cancelled) != LiveConnection.Reset)
        {
        }
    }

    private static LiveConnection Watch(TandemServer server, string table)
    {
        var index = server.Services.GetRequiredService<WatchIndex>();
        var connection = new LiveConnection(table, "editor", () => { });
        index.Add(connection);
        index.Watch(connection, new Dictionary<string, Watched> { [table] = Made.Watch(true) });
        return connection;
    }

    /// <summary>Writes until the page hears something of the kind; the reader may not have begun yet.</summary>
    private static async Task<object> HearAsync(LiveConnection page, ITable table, Func<object, bool>? expected = null)
    {
        var until = DateTime.UtcNow + s_patience;
        while (DateTime.UtcNow < until)
        {
            await table.WriteAsync(new Write.Insert(Patch.Of("name", Guid.NewGuid().ToString("N")), new WriteContext("Ana")), Http.Cancelled);
            try
            {
                await page.Queue.WaitToReadAsync(Http.Cancelled).AsTask().WaitAsync(s_patience / 20, Http.Cancelled);
            }
            catch (TimeoutException)
            {
                // Nobody was listening yet when it was written: the next record is heard.
                continue;
            }

            while (page.Queue.TryRead(out var message))
            {
                if (expected?.Invoke(message) != false)
                {
                    return message;
                }
            }
        }

        throw new TimeoutException("The page heard nothing.");
    }
}
