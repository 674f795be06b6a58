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
        await Expect(mira.Page.Locator("[data-import-start]")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        // On a busy machine some lines are not checked before they are written; none of them is lost.
        var counts = await Task.WhenAll(new[] { "new", "wrong", "unchecked" }.Select(async n => await mira.Page.Locator($"[data-{n}-lines]").CountAsync() == 0
            ? 0
            : int.Parse(await mira.Page.Locator($"[data-{n}-lines]").InnerTextAsync(), NumberStyles.AllowThousands, CultureInfo.InvariantCulture)));
        Assert.Equal(2_500, counts.Sum());
        Assert.InRange(counts[1], 0, 6);
        await mira.Page.Locator("[data-import-start]").ClickAsync();
        await Expect(mira.Page.Locator("[data-import-state=done]")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await CountsAsync(mira, created: 2_494, changed: 0, unchanged: 0, wrong: 6);
        await mira.VisitAsync($"/t/{table}?count=1");
        await Expect(mira.Page.Locator("[data-total]")).ToHaveTextAsync("2,519 records");
    }

    [Fact]
    public async Task Csv_FromExcelOnWindows_IsReadAsWindows1252()
    {
        var served = await OwnAsync(Data.Chinook, Store.Sqlite);
        var mira = await PersonAsync(Mira, served);
        await mira.VisitAsync("/t/Album/import");
        const string Title = "Für 5 € – „alle“";
        await SendAsync(mira, $"AlbumId;Title;ArtistId\r\n1;{Title};1\r\nx;a, b;1\r\n", CodePagesEncodingProvider.Instance.GetEncoding(1252)!);
        await Expect(mira.Page.Locator("#encoding")).ToHaveValueAsync("windows-1252");
        await CountsAsync(mira, created: 0, changed: 1, unchanged: 0, wrong: 1);

        // Read with the wrong letters it would be control characters; those are said, not stored.
        await mira.Page.Locator("#encoding").SelectOptionAsync("iso-8859-1");
        await mira.Page.Locator("#choices button").ClickAsync();
        await CountsAsync(mira, created: 0, changed: 0, unchanged: 0, wrong: 2);
        await Expect(mira.Page.Locator(".import-faults")).ToContainTextAsync("control characters");
        await mira.Page.Locator("#encoding").SelectOptionAsync("windows-1252");
        await mira.Page.Locator("#choices button").ClickAsync();
        await mira.Page.Locator("[data-import-start]").ClickAsync();
        await Expect(mira.Page.Locator("[data-import-state=done]")).ToBeVisibleAsync();
        Assert.Equal(Title, (await served.ReadAsync("Album", "1")).GetProperty("Title").GetString());
    }

    [Fact]
    public async Task Csv_ReadWithAnotherDivider_TellsItsWrongLinesUnderTheSameColumns()
    {
        var served = await OwnAsync(Data.Chinook, Store.Sqlite);
        var mira = await PersonAsync(Mira, served);
        await mira.VisitAsync("/t/Genre/import");
        // By itself it looks divided by commas.
        await SendAsync(mira, "GenreId|Name,a,b,c\r\n9001|Good,a,b,c\r\nx|Bad,a,b,c\r\n", Encoding.UTF8);
        await mira.Page.Locator("#delimiter").SelectOptionAsync("|");
        await mira.Page.Locator("#choices button").ClickAsync();
        await mira.Page.Locator("select[name=m0]").SelectOptionAsync("GenreId");
        await mira.Page.Locator("select[name=m1]").SelectOptionAsync("Name");
        await mira.Page.Locator("#choices button").ClickAsync();
        await mira.Page.Locator("[data-import-start]").ClickAsync();
        await Expect(mira.Page.Locator("[data-import-state=done]")).ToBeVisibleAsync();
        var download = await mira.Page.RunAndWaitForDownloadAsync(() => mira.Page.Locator("a[download]").ClickAsync());
        var faults = await File.ReadAllTextAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        Assert.StartsWith("GenreId,\"Name,a,b,c\",Why not\r\nx,\"Bad,a,b,c\",", faults, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Csv_WithTornLines_NamesThemAndTheQuoteThatIsNotClosed()
    {
        var served = await OwnAsync(Data.Chinook, Store.Sqlite);
        var mira = await PersonAsync(Mira, served);
        await mira.VisitAsync("/t/Genre/import");
        await SendAsync(mira, "GenreId,Name\r\n9001,Good\r\n9002,One,too many\r\n9003\r\n\r\n9004,\"Never closed\r\n9005,Swallowed\r\n", Encoding.UTF8);
        await CountsAsync(mira, created: 1, changed: 0, unchanged: 0, wrong: 3);
        await Expect(mira.Page.Locator("[data-unclosed-quote]")).ToContainTextAsync("line 6");
        var faults = mira.Page.Locator(".import-faults li");
        await Expect(faults.Nth(0)).ToContainTextAsync("Line 3 It has 3 cells, but the first line has 2");
        await Expect(faults.Nth(1)).ToContainTextAsync("Line 4 It has 1 cell,");
        await Expect(faults.Nth(2)).ToContainTextAsync("Line 6 The quote");

        // A form that maps nothing is not what the page sends; it is refused all the same.
        await mira.Page.EvaluateAsync("() => document.querySelectorAll('form[method=post] input[name^=m]').forEach(i => { i.value = ''; })");
        await mira.Page.Locator("[data-import-start]").ClickAsync();
        await Expect(mira.Page.GetByRole(AriaRole.Alert).Filter(new() { HasText = "No column goes to a field" })).ToBeVisibleAsync();
    }

    [Fact]
    public async Task File_OfElevenMegabytes_IsRefusedWithThePageAndTheLimit()
    {
        var served = await OwnAsync(Data.Chinook, Store.Sqlite);
        var mira = await PersonAsync(Mira, served);
        await mira.VisitAsync("/t/Genre/import");
        var answer = await mira.Page.RunAndWaitForResponseAsync(
            () => SendAsync(mira, "GenreId,Name\r\n" + new string('x', 11_000_000), Encoding.UTF8), r => r.Request.Method == "POST" && r.Url.EndsWith("/import", StringComparison.Ordinal));
        Assert.Equal(413, answer.Status);
        await Expect(mira.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("larger than 10 MB");
        await Expect(mira.Page.Locator("input[type=file]")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task Undo_WithARecordSomebodyChanged_TakesTheRestBackAndNamesIt(Store store)
    {
        var served = await OwnAsync(Data.Chinook, store);
        var (table, key, name) = store == Store.Sqlite ? ("Genre", "GenreId", "Name") : ("genre", "genre_id", "name");
        var mira = await PersonAsync(Mira, served);
        await mira.VisitAsync($"/t/{table}/import");
        await SendAsync(mira, $"{key},{name}\r\n1,Changed\r\n" + string.Concat(Enumerable.Range(9_001, 1_200).Select(i => $"{i},Genre {i}\r\n")), Encoding.UTF8);
        await mira.Page.Locator("[data-import-start]").ClickAsync();
        await Expect(mira.Page.Locator("[data-import-state=done]")).ToBeVisibleAsync(new() { Timeout = 60_000 });
        using var change = new StringContent($$"""{"{{name}}":"Theirs"}""", Encoding.UTF8, "application/merge-patch+json");
        using var changed = await served.Program.PatchAsync(new Uri($"/api/tables/{table}/9600", UriKind.Relative), change, TestContext.Current.CancellationToken);
        Assert.Equal(System.Net.HttpStatusCode.OK, changed.StatusCode);

        mira.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        for (var times = 0; times < 2; times++)
        {
            await mira.Page.RunAndWaitForResponseAsync(() => mira.Page.Locator("button[value=undo]").ClickAsync(), r => r.Request.Method == "POST");
            await Expect(mira.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("1,200 of 1,201 taken back. 1 was changed by administrator since and stays.");
            await Expect(mira.Page.Locator("[data-left] a")).ToHaveTextAsync(["9600"]);
        }

        Assert.Equal("Theirs", (await served.ReadAsync(table, "9600")).GetProperty(name).GetString());
        Assert.Equal("Rock", (await served.ReadAsync(table, "1")).GetProperty(name).GetString());
        await mira.VisitAsync($"/t/{table}?count=1");
        await Expect(mira.Page.Locator("[data-total]")).ToHaveTextAsync("26 records");
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
