using System.Text.RegularExpressions;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>Filters of several conditions, over several tables, put together on the page and kept in the address.</summary>
public sealed class FilterBuilderTests(Stage stage) : Scenario(stage)
{
    public static TheoryData<Store> Stores { get; } = [Store.Sqlite, Store.PostgreSql];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Builder_WithScript_FindsTracksOfAPlaylistThroughTheJoinTable(Store store)
    {
        var served = await SharedAsync(Data.Chinook, store);
        var names = new Names(store);
        var mira = await PersonAsync(Mira, served);
        var page = mira.Page;
        await mira.OpenAsync("/t/" + names.Of("Track"));
        await page.Locator("details.filter > summary").ClickAsync();
        await page.Locator(".filter-builder").ClickAsync();
        var leaf = page.Locator(".builder-leaf");
        await Expect(leaf).ToHaveCountAsync(1);

        await leaf.GetByLabel("Field", new() { Exact = true }).SelectOptionAsync($"{names.Of("PlaylistTrack")}:{names.Of("TrackId")}.{names.Of("PlaylistId")}.{names.Of("Name")}");
        var value = leaf.Locator("input");
        await Expect(value).ToHaveAttributeAsync("aria-label", new Regex("Playlist’s Name"));
        await value.FillAsync("Grunge");
        await value.PressAsync("Enter");

        await Expect(page.Locator(".chip")).ToContainTextAsync("Playlist’s Name contains Grunge");
        await Expect(page.Locator("#builder")).ToHaveCountAsync(0);
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(15);
        await page.Locator(".chip-edit").ClickAsync();
        await Expect(leaf.Locator("input")).ToHaveValueAsync("Grunge");

        // Some of them alone: both conditions hold.
        await page.GetByRole(AriaRole.Button, new() { Name = "+ Condition" }).ClickAsync();
        await Expect(leaf).ToHaveCountAsync(2);
        await leaf.Nth(1).GetByLabel("Field", new() { Exact = true }).SelectOptionAsync($"{names.Of("AlbumId")}.{names.Of("ArtistId")}.{names.Of("Name")}");
        await Expect(leaf.Nth(1).Locator("input")).ToHaveAttributeAsync("aria-label", new Regex("Album’s Artist’s Name"));
        await leaf.Nth(1).Locator("input").FillAsync("pearl jam");
        await page.GetByRole(AriaRole.Button, new() { Name = "Show records" }).ClickAsync();
        await Expect(page.Locator(".chip")).ToHaveCountAsync(2);
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(4);
        await page.GetByRole(AriaRole.Link, new() { Name = "Remove filter: Album’s Artist’s Name contains pearl jam" }).ClickAsync();
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(15);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Builder_WithoutScript_JoinsGroupsByOr(Store store)
    {
        var served = await SharedAsync(Data.Chinook, store);
        var names = new Names(store);
        var mira = await PersonAsync(Mira, served, new() { JavaScriptEnabled = false });
        var page = mira.Page;
        await mira.VisitAsync($"/t/{names.Of("Artist")}?edit=1");
        await page.GetByLabel("Which must hold").SelectOptionAsync("or");
        await page.Locator(".builder-leaf input").FillAsync("black sabbath");
        await mira.ClickAsync("+ Condition");
        await page.Locator(".builder-leaf").Nth(1).Locator("input").FillAsync("iron maiden");
        await mira.ClickAsync("+ Group");
        await Expect(page.Locator(".builder-leaf")).ToHaveCountAsync(3);
        await mira.ClickAsync("Show records");
        await Expect(page.Locator(".builder-leaf .error")).ToHaveTextAsync("Name: a value is missing. Give one, or remove the condition.");
        await page.Locator(".builder-leaf").Nth(2).Locator("input").FillAsync("deep purple");
        await mira.ClickAsync("Show records");
        await Expect(page.Locator("tbody tr")).ToHaveCountAsync(3);
        await Expect(page.Locator(".chip")).ToContainTextAsync("Name contains black sabbath or Name contains iron maiden or (Name contains deep purple)");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Conditions_InTheAddress_MeanWhatTheySay(Store store)
    {
        // Others add playlists to the shared one.
        var served = await OwnAsync(Data.Chinook, store);
        var names = new Names(store);
        var mira = await PersonAsync(Mira, served);
        var (track, line, name) = (names.Of("TrackId"), names.Of("InvoiceLine"), names.Of("Name"));
        foreach (var (table, where, count) in new[]
        {
            ("Playlist", $"{names.Of("PlaylistTrack")}:{names.Of("PlaylistId")}.{track}.{name} is 'Balls to the Wall'", 3),
            ("MediaType", $"notall({name} has 'audio',{name} has 'mpeg')", 4),
            ("MediaType", $"none({name} has 'audio',{name} has 'mpeg')", 0),
            ("MediaType", $"{names.Of("MediaTypeId")} between '2..4'", 3),
            ("MediaType", $"{names.Of("MediaTypeId")} in '1, 5, 77'", 2),
            ("MediaType", $"{name} hasnot 'audio'", 1),
            ("Employee", $"{names.Of("ReportsTo")}.{names.Of("ReportsTo")} empty ''", 2),
            ("Employee", $"{names.Of("HireDate")} last '7 days'", 0),
        })
        {
            await mira.VisitAsync($"/t/{names.Of(table)}?count=1&where={Uri.EscapeDataString(where)}");
            await Expect(mira.Page.Locator("[data-total]")).ToHaveTextAsync(count == 1 ? "1 record" : $"{count} records");
        }

        foreach (var (where, says) in new[]
        {
            ("or(", "cannot be read"),
            ($"{names.Of("UnitPrice")} ge 'cheap'", "“cheap” does not fit"),
            ($"{names.Of("UnitPrice")} sounds 'like'", "Unit price of Track cannot be compared by “sounds”"),
            ("nothing is 'x'", "has no field “nothing”"),
            ($"{names.Of("UnitPrice")}.{name} is 'x'", "does not refer to another table"),
            ($"{line}:{track}.{names.Of("Quantity")} ge ''", "a value is missing"),
        })
        {
            await mira.VisitAsync($"/t/{names.Of("Track")}?where={Uri.EscapeDataString(where)}");
            await Expect(mira.Page.Locator("main")).ToContainTextAsync(says);
        }
    }

    /// <summary>Chinook spells its names by the database it is in.</summary>
    private sealed class Names(Store store)
    {
        public string Of(string name) => store == Store.Sqlite ? name : Regex.Replace(name, "(?<!^)([A-Z])", "_$1", RegexOptions.CultureInvariant).ToLowerInvariant();
    }
}
