using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>A playlist and its tracks: records joined through a table of their own.</summary>
public sealed class LinksTests(Stage stage) : Scenario(stage)
{
    private static int s_next = 910_000;

    public static TheoryData<Store> Stores { get; } = [Store.Sqlite, Store.PostgreSql];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Tracks_AddedAndRemoved_AreSavedWithTheirPlaylistAsOneAndFollowedByOthers(Store store)
    {
        var (served, names, playlist) = await StartAsync(store, 1, 2);
        var (mira, tom) = await BothAsync(served, names, playlist);
        await Expect(Chips(mira)).ToHaveCountAsync(2);

        await mira.TypeAsync(names.Name, "For the road");
        await Chip(mira, 2).GetByRole(AriaRole.Link).FocusAsync();
        await mira.Page.Keyboard.PressAsync("ArrowRight");
        await IsActiveAsync(Chip(mira, 1).GetByRole(AriaRole.Link));
        await mira.Page.Keyboard.PressAsync("Delete");
        await Expect(Chip(mira, 1)).ToHaveAttributeAsync("data-state", "removed");
        await AddAsync(mira, "Fast As a Shark");
        await Expect(mira.Unsaved).ToHaveTextAsync("3 unsaved changes");

        // The draft outlives the page.
        mira.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await mira.Page.ReloadAsync();
        await mira.LiveAsync();
        await Expect(mira.Unsaved).ToHaveTextAsync("3 unsaved changes");
        await mira.SavedAsync();

        await Expect(mira.Unsaved).ToBeHiddenAsync();
        Assert.Equal([2, 3], await TracksAsync(served, names, playlist));
        await Expect(Chips(tom)).ToHaveCountAsync(2);
        await Expect(Chip(tom, 3)).ToContainTextAsync("Fast As a Shark");
        await Expect(Chip(tom, 1)).ToHaveCountAsync(0);
        var own = await served.Program.GetFromJsonAsync<JsonElement>($"/api/tables/{names.Playlist}/{playlist}/history", TestContext.Current.CancellationToken);
        var joined = await served.Program.GetFromJsonAsync<JsonElement>($"/api/tables/{names.Join}/{playlist},3/history", TestContext.Current.CancellationToken);
        Assert.Equal(own.GetProperty("value")[0].GetProperty("operation").GetString(), joined.GetProperty("value")[0].GetProperty("operation").GetString());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task SameTrack_AddedAndRemovedByBoth_IsNoConflict(Store store)
    {
        var (served, names, playlist) = await StartAsync(store, 1, 2);
        var (mira, tom) = await BothAsync(served, names, playlist);
        await AddAsync(tom, "Fast As a Shark");
        await Chip(tom, 1).GetByRole(AriaRole.Button).ClickAsync();
        await tom.TypeAsync(names.Name, "Both agree");

        // Somebody does just that in the moment the save is on its way.
        var underway = new TaskCompletionSource<IRoute>(TaskCreationOptions.RunContinuationsAsynchronously);
        await tom.Page.RouteAsync("**/api/units", route =>
            route.Request.PostData!.Contains("\"try\":false", StringComparison.Ordinal) && underway.TrySetResult(route) ? Task.CompletedTask : route.ContinueAsync());
        await tom.SaveAsync();
        var save = await underway.Task.WaitAsync(TimeSpan.FromSeconds(15), TestContext.Current.CancellationToken);
        await JoinAsync(served, names, playlist, 3);
        await served.RemoveAsync(names.Join, $"{playlist},1");
        await save.ContinueAsync();

        await Expect(tom.Notice).ToHaveTextAsync("Saved.");
        await Expect(tom.Unsaved).ToBeHiddenAsync();
        Assert.Equal([2, 3], await TracksAsync(served, names, playlist));
        Assert.Equal("Both agree", (await served.ReadAsync(names.Playlist, playlist)).GetProperty(names.Name).GetString());
        await Expect(Chips(mira)).ToHaveCountAsync(2);
        await Expect(Chip(mira, 3)).ToHaveAttributeAsync("data-state", "same");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Playlists_OfATrackAndOfANewPlaylist_AreChosenInItsForm(Store store)
    {
        var (served, names, playlist) = await StartAsync(store);
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync($"/t/{names.Track}/30");
        await AddAsync(mira, $"List {playlist}");
        await mira.SavedAsync();
        Assert.Equal([30], await TracksAsync(served, names, playlist));

        await mira.VisitAsync($"/t/{names.Playlist}/new");
        var name = "Begun with tracks " + playlist;
        if (await mira.Field(names.Key).CountAsync() > 0)
        {
            await mira.TypeAsync(names.Key, Next());
        }

        await mira.TypeAsync(names.Name, name);
        await AddAsync(mira, "Fast As a Shark");
        await mira.SaveAsync();
        await Expect(mira.Page).ToHaveURLAsync(new Regex("did=create"));
        await Expect(Chip(mira, 3)).ToContainTextAsync("Fast As a Shark");
    }

    [Fact]
    public async Task ManyTracks_AreShownInPartWithALinkToTheirList()
    {
        var served = await SharedAsync(Data.Chinook, Store.Sqlite);
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync("/t/Playlist/1");
        await Expect(Chips(mira)).ToHaveCountAsync(200);
        await mira.Page.GetByRole(AriaRole.Link, new() { Name = "All of them are in their list." }).ClickAsync();
        await Expect(mira.Page).ToHaveURLAsync(new Regex("/t/PlaylistTrack\\?f.PlaylistId=is%3A1$"));
    }

    [Fact]
    public async Task Tracks_WithoutScript_AreListedAsLinks()
    {
        var (served, names, playlist) = await StartAsync(Store.Sqlite, 1, 2);
        var mira = await PersonAsync(Mira, served, new() { JavaScriptEnabled = false });
        await mira.VisitAsync($"/t/{names.Playlist}/{playlist}");
        await Expect(Chips(mira)).ToHaveCountAsync(2);
        await Expect(mira.Page.Locator(".links-add")).ToBeHiddenAsync();
        await Chip(mira, 2).GetByRole(AriaRole.Link).ClickAsync();
        await Expect(mira.Page).ToHaveURLAsync(new Regex($"/t/{names.Track}/2"));
    }

    private sealed record Names(string Playlist, string Join, string Track, string Key, string TrackKey, string Name)
    {
        public static Names Of(Store store) => store == Store.Sqlite
            ? new("Playlist", "PlaylistTrack", "Track", "PlaylistId", "TrackId", "Name")
            : new("playlist", "playlist_track", "track", "playlist_id", "track_id", "name");
    }

    private static string Next() => Interlocked.Add(ref s_next, 100).ToString(CultureInfo.InvariantCulture);

    private static ILocator Chips(Person person) => person.Page.Locator("[data-chips] li");

    private static ILocator Chip(Person person, int value) => person.Page.Locator($"[data-chips] li[data-value='{value}']");

    private static async Task AddAsync(Person person, string name)
    {
        await person.Page.Locator(".links-add [role=combobox]").FillAsync(name);
        await person.Page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("^" + Regex.Escape(name)) }).First.WaitForAsync();
        await person.Page.Keyboard.PressAsync("Enter");
        await Expect(person.Page.Locator(".joined[data-state=new]").Last).ToContainTextAsync(name);
    }

    private async Task<(Served Served, Names Names, string Playlist)> StartAsync(Store store, params int[] tracks)
    {
        var (served, names, id) = (await SharedAsync(Data.Chinook, store), Names.Of(store), Next());
        var playlist = await served.AddAsync(names.Playlist, new Dictionary<string, object?> { [names.Key] = long.Parse(id, CultureInfo.InvariantCulture), [names.Name] = "List " + id });
        foreach (var track in tracks)
        {
            await JoinAsync(served, names, playlist, track);
        }

        return (served, names, playlist);
    }

    private static Task<string> JoinAsync(Served served, Names names, string playlist, int track) =>
        served.AddAsync(names.Join, new Dictionary<string, object?> { [names.Key] = long.Parse(playlist, CultureInfo.InvariantCulture), [names.TrackKey] = track });

    private async Task<(Person Mira, Person Tom)> BothAsync(Served served, Names names, string playlist)
    {
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served));
        await Task.WhenAll(mira.OpenAsync($"/t/{names.Playlist}/{playlist}"), tom.OpenAsync($"/t/{names.Playlist}/{playlist}"));
        return (mira, tom);
    }

    private static async Task<IEnumerable<int>> TracksAsync(Served served, Names names, string playlist)
    {
        var answer = await served.Program.GetFromJsonAsync<JsonElement>($"/api/tables/{names.Join}?$filter={names.Key} eq {playlist}&$orderby={names.TrackKey}", TestContext.Current.CancellationToken);
        return answer.GetProperty("value").EnumerateArray().Select(t => t.GetProperty(names.TrackKey).GetInt32()).ToList();
    }
}
