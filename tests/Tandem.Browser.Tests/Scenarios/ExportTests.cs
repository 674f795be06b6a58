using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>Lists as files.</summary>
public sealed class ExportTests(Stage stage) : Scenario(stage)
{
    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task Csv_OfAFilteredList_HasEveryPageInItsColumnsAndOrder(Store store)
    {
        var served = await SharedAsync(Data.Chinook, store);
        var (table, key, name, album, price) = store == Store.Sqlite ? ("Track", "TrackId", "Name", "AlbumId", "UnitPrice") : ("track", "track_id", "name", "album_id", "unit_price");
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync($"/t/{table}?f.{price}=gt:1&o=-{key}&c={key},{name},{album}");
        var lines = (await DownloadAsync(mira, "CSV")).Split("\r\n");

        Assert.Equal($"{key},{name},{album},{album} name", lines[0]);
        Assert.Equal(213 + 2, lines.Length);
        Assert.Empty(lines[^1]);
        var keys = lines[1..^1].Select(l => int.Parse(l.Split(',')[0], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(keys.OrderDescending(), keys);
        Assert.EndsWith(",226,Battlestar Galactica: The Story So Far", Assert.Single(lines, l => l.StartsWith("2819,", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task Csv_OfTextsThatLookLikeFormulas_IsHarmlessUnlessWantedOtherwise(Store store)
    {
        var served = await OwnAsync(Data.Bakery, store);
        var subject = served.Subject;
        var key = await served.AddSubjectAsync();
        await served.ChangeAsync(subject.Table, key, new Dictionary<string, object?> { [subject.First] = "=1+1", [subject.Second] = "a \"b\", c\nd" });
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync($"/t/{subject.Table}?f.{subject.Key}=is:{key}&c={subject.First},{subject.Second}");

        Assert.Equal($"{subject.First},{subject.Second}\r\n'=1+1,\"a \"\"b\"\", c\nd\"\r\n", await DownloadAsync(mira, "CSV"));

        await mira.OpenAsync(mira.Page.Url);
        await mira.Page.Locator(".export > summary").ClickAsync();
        await mira.Page.Locator("[data-export] input[name=raw]").CheckAsync();
        await mira.Page.Locator("[data-export] input[name=bom]").CheckAsync();
        Assert.Equal($"\uFEFF{subject.First},{subject.Second}\r\n=1+1,\"a \"\"b\"\", c\nd\"\r\n", await DownloadAsync(mira, "CSV", isOpen: true));
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task Json_OfAList_NamesReferencesByKeyAndName(Store store)
    {
        var served = await SharedAsync(Data.Chinook, store);
        var (table, artist) = store == Store.Sqlite ? ("Album", "ArtistId") : ("album", "artist_id");
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync($"/t/{table}");
        using var json = JsonDocument.Parse(await DownloadAsync(mira, "JSON"));

        Assert.Equal(347, json.RootElement.GetArrayLength());
        var first = json.RootElement[0];
        Assert.Equal((1, "AC/DC"), (first.GetProperty(artist).GetInt32(), first.GetProperty(artist + " name").GetString()));
    }

    [Fact]
    public async Task Secrets_AreInNoFile()
    {
        var served = await OwnAsync(Data.Bakery, Store.Sqlite);
        var admin = await PersonAsync(Administrator, served);
        await admin.OpenAsync("/t/tandem_users");
        var header = (await DownloadAsync(admin, "CSV")).Split("\r\n")[0];
        Assert.Contains("name", header, StringComparison.Ordinal);
        Assert.DoesNotContain("hash", header, StringComparison.Ordinal);
        Assert.DoesNotContain("token", header, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task Xlsx_OfAList_HoldsNumbersAndTextsThatNothingRuns(Store store)
    {
        var served = await OwnAsync(Data.Bakery, store);
        var subject = served.Subject;
        var key = await served.AddSubjectAsync();
        await served.ChangeAsync(subject.Table, key, new Dictionary<string, object?> { [subject.First] = "=1+1", [subject.Second] = "a <b> & \u0001c" });
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync($"/t/{subject.Table}?f.{subject.Key}=is:{key}&c={subject.Key},{subject.First},{subject.Second}");
        using var book = new ZipArchive(new MemoryStream(await BytesAsync(mira, "XLSX")));
        await using var sheet = await book.GetEntry("xl/worksheets/sheet1.xml")!.OpenAsync(TestContext.Current.CancellationToken);
        var rows = (await XDocument.LoadAsync(sheet, LoadOptions.None, TestContext.Current.CancellationToken)).Descendants().Where(e => e.Name.LocalName == "row").ToList();

        Assert.Equal([subject.Key, subject.First, subject.Second], rows[0].Elements().Select(c => c.Value));
        Assert.Equal([key, "=1+1", "a <b> & c"], rows[1].Elements().Select(c => c.Value));
        Assert.Equal(["n", "inlineStr", "inlineStr"], rows[1].Elements().Select(c => c.Attribute("t")!.Value));
    }

    private static async Task<string> DownloadAsync(Person person, string format, bool isOpen = false) => Encoding.UTF8.GetString(await BytesAsync(person, format, isOpen));

    private static async Task<byte[]> BytesAsync(Person person, string format, bool isOpen = false)
    {
        if (!isOpen)
        {
            await person.Page.Locator(".export > summary").ClickAsync();
        }

        var download = await person.Page.RunAndWaitForDownloadAsync(() => person.Page.Locator("[data-export]").GetByRole(AriaRole.Button, new() { Name = format, Exact = true }).ClickAsync());
        await using var stream = await download.CreateReadStreamAsync();
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, TestContext.Current.CancellationToken);
        return bytes.ToArray();
    }
}
