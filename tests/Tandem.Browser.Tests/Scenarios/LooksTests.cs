using System.Text.Json;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>Phones, both themes, assistive technology, and what a first visit costs.</summary>
public sealed class LooksTests(Stage stage) : Scenario(stage)
{
    private static readonly string s_axe = ReadAxe();

    public static TheoryData<Data, ColorScheme> Themes { get; } = new()
    {
        { Data.Chinook, ColorScheme.Light },
        { Data.Chinook, ColorScheme.Dark },
        { Data.Bakery, ColorScheme.Light },
        { Data.Bakery, ColorScheme.Dark },
    };

    [Theory]
    [MemberData(nameof(Themes))]
    public async Task Pages_On360Pixels_DoNotScrollSideways(Data data, ColorScheme theme)
    {
        var served = await SharedAsync(data, Store.Sqlite);
        var options = new BrowserNewContextOptions { ViewportSize = new() { Width = 360, Height = 740 }, ColorScheme = theme };
        var admin = await PersonAsync(Administrator, served, options);
        foreach (var path in await PathsAsync(served))
        {
            await admin.VisitAsync(path);
            var (width, room) = (await admin.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"), await admin.Page.EvaluateAsync<int>("() => document.documentElement.clientWidth"));
            Assert.True(width <= room, $"{path} is {width} wide on {room}");
        }
    }

    [Theory]
    [MemberData(nameof(Themes))]
    public async Task Pages_LookedAtByAxe_HaveNothingSerious(Data data, ColorScheme theme)
    {
        var served = await SharedAsync(data, Store.Sqlite);
        var admin = await PersonAsync(Administrator, served, new() { ColorScheme = theme });
        foreach (var path in await PathsAsync(served))
        {
            await admin.VisitAsync(path);
            await SeriousAsync(admin, path);
        }

        var stranger = await StrangerAsync(served, new() { ColorScheme = theme });
        await stranger.VisitAsync("/sign-in");
        await SeriousAsync(stranger, "/sign-in");
    }

    [Theory]
    [InlineData(ColorScheme.Light)]
    [InlineData(ColorScheme.Dark)]
    public async Task Conflict_LookedAtByAxe_HasNothingSerious(ColorScheme theme)
    {
        var served = await SharedAsync(Data.Bakery, Store.Sqlite);
        var subject = served.Subject;
        var key = await served.AddSubjectAsync();
        var mira = await PersonAsync(Mira, served, new() { ColorScheme = theme });
        await mira.OpenSubjectAsync(key);
        await mira.TypeAsync(subject.First, "Mine");
        await served.ChangeAsync(subject.Table, key, new Dictionary<string, object?> { [subject.First] = "Theirs", [subject.Second] = "Followed" });
        await mira.InConflictAsync(subject.First);
        await mira.TypeAsync(subject.Name, "Marked as changed");
        await SeriousAsync(mira, "a conflict");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/t/products")]
    [InlineData("/t/products/1")]
    public async Task FirstVisit_WithNothingCached_StaysUnder200Kilobytes(string path)
    {
        var served = await SharedAsync(Data.Bakery, Store.Sqlite);
        var admin = await PersonAsync(Administrator, served);
        List<IRequest> requests = [];
        admin.Page.RequestFinished += (_, request) => requests.Add(request);
        await admin.OpenAsync(path);
        await admin.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        // The first answer of each address: a page that is live reads itself again when other scenarios write.
        var sizes = await Task.WhenAll(requests.Where(r => r.Url.StartsWith("http", StringComparison.Ordinal)).DistinctBy(r => r.Url).Select(r => r.SizesAsync()));
        var total = sizes.Sum(s => s.ResponseBodySize + s.ResponseHeadersSize);
        Assert.InRange(total, 5_000, 200_000);
    }

    private static async Task<string[]> PathsAsync(Served served)
    {
        var key = await served.AddSubjectAsync();
        var table = served.Subject.Table;
        return ["/", $"/t/{table}", $"/t/{table}?q={key}", $"/t/{table}?q=nothing-has-this", $"/t/{table}/{key}", $"/t/{table}/new", $"/t/{table}/{key}/delete", $"/t/{table}?g={served.Subject.Second}&p=1", $"/t/{table}/import", "/people", "/people/administrator", "/account", "/nowhere"];
    }

    private static async Task SeriousAsync(Person person, string where)
    {
        await person.Page.EvaluateAsync(s_axe + "; undefined");
        var result = await person.Page.EvaluateAsync<JsonElement>("async () => (await axe.run(document, { resultTypes: ['violations'] })).violations.filter(v => v.impact === 'serious' || v.impact === 'critical').map(v => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map(n => n.html + ' ' + n.failureSummary).join(' | ')}`)");
        Assert.True(result.GetArrayLength() == 0, $"{where}: {string.Join('\n', result.EnumerateArray())}");
    }

    private static string ReadAxe()
    {
        using var reader = new StreamReader(typeof(LooksTests).Assembly.GetManifestResourceStream("axe.js")!);
        return reader.ReadToEnd();
    }
}
