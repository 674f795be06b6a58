using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Activating;
using Tandem.Admin;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Specification.Clocks;
using Tandem.Tables;

namespace Tandem.Web.Tests.Activating;

/// <summary>Activatable tables over REST and on pages; it is Friday, 20 November 2026, 12:00 UTC.</summary>
public sealed class ActivationTests
{
    private static readonly WriteContext s_by = new("test");
    private readonly FakeClock _clock = new();

    [Theory]
    [InlineData("", "always,ending")]
    [InlineData("$active=true", "always,ending")]
    [InlineData("$active=false", "coming,off")]
    [InlineData("$active=all", "always,ending,coming,off")]
    [InlineData("$filter=name%20ne%20'always'", "ending")]
    [InlineData("$filter=is_active%20eq%20false", "coming,off")]
    [InlineData("$search=off", "")]
    [InlineData("$search=off&$active=all", "off")]
    public async Task RestList_OfAnActivatableTable_ShowsActiveOnesUnlessAskedForOthers(string options, string names)
    {
        await using var server = await StartAsync();
        using var client = server.Client();

        var page = await client.SendAsync("GET", $"/api/tables/offers?$count=true&$orderby=id&{options}").OkAsync();

        Assert.Equal(names, string.Join(',', page.GetProperty("value").EnumerateArray().Select(r => r.GetProperty("name").GetString())));
        Assert.Equal(page.GetProperty("value").GetArrayLength(), page.GetProperty("count").GetInt32());
    }

    [Fact]
    public async Task RestRecord_ThatIsInactive_IsReachedByItsKey()
    {
        await using var server = await StartAsync();
        using var client = server.Client();

        Assert.Equal("off", (await client.SendAsync("GET", "/api/tables/offers/4").OkAsync()).GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("/api/tables/offers?$active=maybe", "true, false or all")]
    [InlineData("/api/tables/plain?$active=false", "neither active nor inactive")]
    public async Task RestList_ChoiceThatMakesNoSense_IsRefused(string address, string says)
    {
        await using var server = await StartAsync();
        using var client = server.Client();

        await client.SendAsync("GET", address).ProblemAsync(400, says);
    }

    [Fact]
    public async Task RestTable_ThatIsActivatable_SaysByWhichFields()
    {
        await using var server = await StartAsync();
        using var client = server.Client();

        var table = (await client.SendAsync("GET", "/api/tables").OkAsync()).GetProperty("value").EnumerateArray().Single(t => t.GetProperty("name").GetString() == "offers");

        Assert.Equal("valid_from", table.GetProperty("activation").GetProperty("from").GetString());
        Assert.Equal("UTC", table.GetProperty("activation").GetProperty("zone").GetString());
    }

    [Fact]
    public async Task RestPatch_OfWhatTandemKeepsUp_IsRefusedWithTheRemedy()
    {
        await using var server = await StartAsync();
        using var client = server.Client(TandemServer.AdministratorToken);

        await client.SendAsync("PATCH", "/api/tables/offers/4", """{"is_active":true}""", "application/merge-patch+json").ProblemAsync(422, "is kept up by Tandem");
        await client.SendAsync("PATCH", "/api/tables/offers/4", """{"is_wanted":true}""", "application/merge-patch+json").OkAsync();
    }

    [Fact]
    public async Task RestList_AfterTimeTurnedARecord_ShowsIt()
    {
        await using var server = await StartAsync();
        using var client = server.Client();
        var database = server.Tandem.Database;
        var changes = database.Find("offers")!.ChangesAsync(database.Feed.Current, Http.Cancelled);

        _clock.Advance(TimeSpan.FromHours(3));
        await foreach (var batch in changes)
        {
            if (batch.Any(c => c is { Actor: Actors.Time } && c.Key.Equals(new RecordKey(2L))))
            {
                break;
            }
        }

        var page = await client.SendAsync("GET", "/api/tables/offers").OkAsync();
        Assert.Equal(["always"], page.GetProperty("value").EnumerateArray().Select(r => r.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("", "Active", "always,ending")]
    [InlineData("?active=false", "Inactive", "coming,off")]
    [InlineData("?active=all", "All", "always,ending,coming,off")]
    [InlineData("?f.is_active=is:false", "All", "coming,off")]
    [InlineData("?q=off", "Active", "")]
    public async Task ListPage_WithoutScript_OpensWithActiveRecordsAndLeadsToOthers(string query, string current, string names)
    {
        await using var server = await StartAsync();

        var page = await PageAsync(server, "/t/offers" + query);

        Assert.Equal(names, string.Join(',', page.QuerySelectorAll("td.opens a").Select(a => a.TextContent)));
        Assert.Equal(current, page.QuerySelector(".segments [aria-current]")!.TextContent);
        Assert.Equal(["Active", "Inactive", "All"], page.QuerySelectorAll(".segments a").Select(a => a.TextContent));
        if (query.StartsWith("?q", StringComparison.Ordinal))
        {
            var all = await PageAsync(server, page.QuerySelectorAll(".segments a").Last().GetAttribute("href")!);
            Assert.Equal(["off"], all.QuerySelectorAll("td.opens a").Select(a => a.TextContent));
        }
    }

    [Fact]
    public async Task ListPage_OfAllRecords_SaysInWordsWhichAreNotSimplyActive()
    {
        await using var server = await StartAsync();

        var page = await PageAsync(server, "/t/offers?active=all&o=id");

        Assert.Equal(["", "until 15:00", "from 1 Dec", "inactive"], page.QuerySelectorAll("[data-activation]").Select(m => m.TextContent));
        Assert.Equal([true, false, false, false], page.QuerySelectorAll("[data-activation]").Select(m => m.HasAttribute("hidden")));
        Assert.Equal("from 1 Dec", (await PageAsync(server, "/t/offers/3")).QuerySelector("h1 + [data-activation]")!.TextContent);
    }

    [Fact]
    public async Task ListPage_OfATableThatIsNotActivatable_OffersNoChoice()
    {
        await using var server = await StartAsync();

        var page = await PageAsync(server, "/t/plain");

        Assert.Null(page.QuerySelector(".segments"));
        Assert.Null(page.QuerySelector("[data-activation]"));
    }

    [Fact]
    public async Task RecordPage_OfWhatTandemKeepsUp_OffersNoInputForIt()
    {
        await using var server = await StartAsync();

        var page = await PageAsync(server, "/t/offers/4");

        Assert.Null(page.QuerySelector("[name='v.is_active']"));
        Assert.NotNull(page.QuerySelector("[name='v.is_wanted']"));
    }

    [Fact]
    public async Task ExportAndPicker_OfAnActivatableTable_GoByTheListAndByActiveOnes()
    {
        await using var server = await StartAsync();
        using var client = await SignedInAsync(server);

        Assert.Equal(2, await LinesAsync(client, "/t/offers/export"));
        Assert.Equal(4, await LinesAsync(client, "/t/offers/export?active=all"));
        var options = await client.SendAsync("GET", "/t/offers/options?q=").OkAsync();
        Assert.Equal(["always", "ending"], options.EnumerateArray().Select(o => o.GetProperty("label").GetString()));
    }

    private static async Task<int> LinesAsync(HttpClient client, string address)
    {
        using var answer = await client.SendAsync("GET", address);
        return (await answer.Content.ReadAsStringAsync(Http.Cancelled)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length - 1;
    }

    private async Task<TandemServer> StartAsync()
    {
        var database = new MemoryDatabase();
        database.Add(new TableSchema("plain", [new Field("id", FieldType.Integer) { IsNullable = false }], ["id"]));
        var offers = database.Add(new TableSchema(
            "offers",
            [
                new Field("id", FieldType.Integer) { IsNullable = false },
                new Field("name", FieldType.Text) { IsNullable = false },
                new Field("is_active", FieldType.Boolean) { IsNullable = false },
                new Field("is_wanted", FieldType.Boolean) { IsNullable = false },
                new Field("valid_from", FieldType.Instant),
                new Field("valid_until", FieldType.Instant),
            ],
            ["id"]) { Activation = new Activation("is_active", "is_wanted", "valid_from", "valid_until") });
        var now = _clock.GetUtcNow();
        foreach (var (id, name, isActive, isWanted, from, until) in new (long, string, bool, bool, DateTimeOffset?, DateTimeOffset?)[]
        {
            (1, "always", true, true, null, null), (2, "ending", true, true, null, now.AddHours(3)),
            (3, "coming", false, true, new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), null), (4, "off", false, false, null, null),
        })
        {
            await offers.WriteAsync(new Write.Insert(new Patch([new("id", id), new("name", name), new("is_active", isActive), new("is_wanted", isWanted), new("valid_from", from), new("valid_until", until)]), s_by), Http.Cancelled);
        }

        return await TandemServer.StartAsync(database, app => app.MapTandemPages(), services: s => s.AddSingleton<TimeProvider>(_clock));
    }

    private static async Task<IDocument> PageAsync(TandemServer server, string address)
    {
        using var client = await SignedInAsync(server);
        using var answer = await client.SendAsync("GET", address);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await new HtmlParser().ParseDocumentAsync(await answer.Content.ReadAsStringAsync(Http.Cancelled));
    }

    private static async Task<HttpClient> SignedInAsync(TandemServer server)
    {
        var client = server.Client(null);
        using var page = await client.SendAsync("GET", "/sign-in");
        var document = await new HtmlParser().ParseDocumentAsync(await page.Content.ReadAsStringAsync(Http.Cancelled));
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["token"] = TandemServer.EditorToken,
            ["__RequestVerificationToken"] = document.QuerySelector("[name=__RequestVerificationToken]")!.GetAttribute("value")!,
        });
        using var answer = await client.PostAsync("/sign-in", form, Http.Cancelled);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        return client;
    }
}
