using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>CSV files become records.</summary>
public sealed class ImportTests(Stage stage) : Scenario(stage)
{
    [Theory]
    [InlineData(Store.Sqlite, true)]
    [InlineData(Store.Sqlite, false)]
    [InlineData(Store.PostgreSql, true)]
    [InlineData(Store.PostgreSql, false)]
    public async Task Csv_WithKeysAndNames_IsTriedImportedAndTakenBack(Store store, bool hasScript)
    {
        var served = await OwnAsync(Data.Chinook, store);
        var (table, key, title, artist) = store == Store.Sqlite ? ("Album", "AlbumId", "Title", "ArtistId") : ("album", "album_id", "title", "artist_id");
        var mira = await PersonAsync(Mira, served, new() { JavaScriptEnabled = hasScript });
        await mira.VisitAsync($"/t/{table}");
        await mira.Page.GetByRole(AriaRole.Link, new() { Name = "Import", Exact = true }).ClickAsync();
        // Semicolons and Latin 1, as older spreadsheets write them.
        await SendAsync(mira, $"{key};{title};{artist} name\r\n1;Für alle;AC/DC\r\n2;Balls to the Wall;Accept\r\n9001;\"A new; one\";Accept\r\n9002;Nobody's;No such artist\r\n", Encoding.Latin1);

        await CountsAsync(mira, created: 1, changed: 1, unchanged: 1, wrong: 1);
        await Expect(mira.Page.Locator("[data-difference]")).ToHaveCountAsync(1);
        await Expect(mira.Page.Locator("[data-difference]")).ToContainTextAsync("Für alle");
        await Expect(mira.Page.Locator(".import-faults")).ToContainTextAsync("No such artist");
        Assert.Equal("For Those About To Rock We Salute You", (await served.ReadAsync(table, "1")).GetProperty(title).GetString());

        await mira.Page.Locator("[data-import-start]").ClickAsync();
        await Expect(mira.Page.Locator("[data-import-state=done]")).ToBeVisibleAsync();
        await CountsAsync(mira, created: 1, changed: 1, unchanged: 1, wrong: 1);
        Assert.Equal("Für alle", (await served.ReadAsync(table, "1")).GetProperty(title).GetString());
        Assert.Equal("A new; one", (await served.ReadAsync(table, "9001")).GetProperty(title).GetString());
        var download = await mira.Page.RunAndWaitForDownloadAsync(() => mira.Page.Locator("a[download]").ClickAsync());
        var faults = await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.Matches(new Regex("^9002,Nobody's,No such artist,.*called", RegexOptions.Multiline), faults);

        mira.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await mira.Page.Locator("button[value=undo]").ClickAsync();
        await Expect(mira.Page.Locator("[role=status]", new() { HasText = "taken back" })).ToBeVisibleAsync();
        Assert.Equal("For Those About To Rock We Salute You", (await served.ReadAsync(table, "1")).GetProperty(title).GetString());
        using var gone = await served.Program.GetAsync(new Uri($"/api/tables/{table}/9001", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task Csv_OfThousandsWithFaults_IsImportedButForTheFaults(Store store)
    {
        var served = await OwnAsync(Data.Chinook, store);
        var (table, key, name) = store == Store.Sqlite ? ("Genre", "GenreId", "Name") : ("genre", "genre_id", "name");
        var mira = await PersonAsync(Mira, served);
        await mira.VisitAsync($"/t/{table}/import");
        var text = new StringBuilder($"{key},{name}\r\n");
        for (var i = 0; i < 2_500; i++)
        {
            // A name that is too long is for the database alone to refuse where the schema does not say so; a key that is no number is found before.
            text.Append(CultureInfo.InvariantCulture, $"{(i % 1000 == 7 ? "x" : "")}{10_000 + i},{(i % 1000 == 9 ? new string('n', 500) : $"Genre {i}")}\r\n");
        }

        await SendAsync(mira, text.ToString(), Encoding.UTF8);
        await CountsAsync(mira, created: 2_494, changed: 0, unchanged: 0, wrong: 6);
        await mira.Page.Locator("[data-import-start]").ClickAsync();
        await Expect(mira.Page.Locator("[data-import-state=done]")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await CountsAsync(mira, created: 2_494, changed: 0, unchanged: 0, wrong: 6);
        await mira.VisitAsync($"/t/{table}?count=1");
        await Expect(mira.Page.Locator("[data-total]")).ToHaveTextAsync("2,519 records");
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task Import_ByAViewer_IsRefused(Store store)
    {
        var served = await SharedAsync(Data.Chinook, store);
        var table = store == Store.Sqlite ? "Album" : "album";
        var viewer = await PersonAsync(Viewer, served);
        await viewer.VisitAsync($"/t/{table}");
        await Expect(viewer.Page.GetByRole(AriaRole.Link, new() { Name = "Import", Exact = true })).ToHaveCountAsync(0);
        var answer = await viewer.Page.GotoAsync(new Uri(served.Address, $"/t/{table}/import").ToString());
        Assert.Equal(403, answer!.Status);
    }

    private static async Task SendAsync(Person person, string text, Encoding encoding)
    {
        await person.Page.Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "some.csv", MimeType = "text/csv", Buffer = encoding.GetBytes(text) });
        await person.Page.Locator("form.import button").ClickAsync();
    }

    private static async Task CountsAsync(Person person, int created, int changed, int unchanged, int wrong)
    {
        foreach (var (name, count) in new[] { ("new", created), ("changed", changed), ("unchanged", unchanged), ("wrong", wrong) })
        {
            await Expect(person.Page.Locator($"[data-{name}-lines]")).ToHaveTextAsync(count.ToString("N0", CultureInfo.InvariantCulture));
        }
    }
}
