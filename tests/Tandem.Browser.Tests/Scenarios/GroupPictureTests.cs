using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>Pictures of grouped lists.</summary>
public sealed class GroupPictureTests(Stage stage) : Scenario(stage)
{
    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task Picture_OfGroups_FollowsWhatOthersSaveByItself(Store store)
    {
        var served = await OwnAsync(Data.Bakery, store);
        var subject = served.Subject;
        var town = "Town" + Guid.NewGuid().ToString("N")[..8];
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync($"/t/{subject.Table}?g={subject.Second}&p=1");
        // The drawing's own mark that it has drawn: it sizes the canvas.
        await Expect(mira.Page.Locator("[data-picture] canvas")).ToHaveJSPropertyAsync("height", 260);
        var before = await PictureAsync(mira);

        for (var i = 0; i < 40; i++)
        {
            var key = await served.AddSubjectAsync();
            await served.ChangeAsync(subject.Table, key, new Dictionary<string, object?> { [subject.Second] = town });
        }

        await Expect(mira.Page.Locator("[data-group]", new() { HasText = town }).Locator("td").First).ToHaveTextAsync("40");
        await mira.Page.WaitForFunctionAsync("before => document.querySelector('[data-picture] canvas')?.toDataURL() !== before", before);
    }

    [Fact]
    public async Task Picture_NotAskedFor_FetchesNoDrawing()
    {
        var served = await SharedAsync(Data.Bakery, Store.Sqlite);
        var subject = served.Subject;
        var mira = await PersonAsync(Mira, served);
        List<string> scripts = [];
        mira.Page.Request += (_, request) => scripts.Add(request.Url);
        await mira.OpenAsync($"/t/{subject.Table}?g={subject.Second}");
        await mira.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
        var without = scripts.Count(s => s.Contains("chunk-", StringComparison.Ordinal));
        await mira.OpenAsync($"/t/{subject.Table}?g={subject.Second}&p=1");
        await Expect(mira.Page.Locator("[data-picture] canvas")).ToHaveJSPropertyAsync("height", 260);
        Assert.True(scripts.Count(s => s.Contains("chunk-", StringComparison.Ordinal)) > without, "the drawing comes as a file of its own");
        await Expect(mira.Page.Locator("table.groups")).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task Views_SavedForEveryone_AreInAMenuThatWasThereBefore(Store store)
    {
        var served = await OwnAsync(Data.Bakery, store);
        var subject = served.Subject;
        var (mira, admin) = (await PersonAsync(Mira, served), await PersonAsync(Administrator, served));
        await mira.OpenAsync($"/t/{subject.Table}");
        await admin.OpenAsync($"/t/{subject.Table}?o={subject.Name}");
        await admin.Page.Locator("details.views > summary").ClickAsync();
        await admin.Page.GetByLabel("Save this list as").FillAsync("By name");
        await admin.Page.GetByLabel("Who sees it").SelectOptionAsync("everyone");
        await admin.Page.Locator("[data-save-view] button[value=save]").ClickAsync();
        await Expect(admin.Page.Locator("[data-view-name]")).ToContainTextAsync("By name");

        await mira.Page.Locator("details.views > summary").ClickAsync();
        await mira.Page.Locator("details.views").GetByRole(AriaRole.Link, new() { Name = "By name" }).ClickAsync();
        await Expect(mira.Page.Locator("[data-view-name]")).ToContainTextAsync("By name");
    }

    private static Task<string> PictureAsync(Person person) => person.Page.EvaluateAsync<string>("() => document.querySelector('[data-picture] canvas').toDataURL()");
}
