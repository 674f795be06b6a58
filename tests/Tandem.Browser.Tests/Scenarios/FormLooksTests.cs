using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>Joined records, history and hints, in pictures for people to look at; none widens the page.</summary>
public sealed class FormLooksTests(Stage stage) : Scenario(stage)
{
    [Theory]
    [InlineData(1280, false)]
    [InlineData(360, false)]
    [InlineData(1280, true)]
    [InlineData(360, true)]
    public async Task Pages_AtEveryWidth_StayInsideThePage(int width, bool isDark)
    {
        var served = await SharedAsync(Data.Chinook, Store.Sqlite);
        var sample = await SampleAsync("Bakery");
        var options = new BrowserNewContextOptions { ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light };
        var mira = await PersonAsync(Mira, served, options);
        await mira.OpenAsync("/t/Playlist/16");
        await mira.Page.Locator("[data-chips] li").First.GetByRole(AriaRole.Button).ClickAsync();
        await mira.Page.Locator(".links-add [role=combobox]").FillAsync("Rock");
        await mira.Page.GetByRole(AriaRole.Option).First.WaitForAsync();
        await mira.Page.Keyboard.PressAsync("Enter");
        await PictureAsync(mira, "links", width, isDark);
        var other = await PersonAsync(Mira, sample, new BrowserNewContextOptions { ViewportSize = options.ViewportSize, ColorScheme = options.ColorScheme });
        await other.OpenAsync("/t/products/1");
        await other.TypeAsync("name", "Rye, dark");
        await other.TypeAsync("price", "");
        await Expect(other.Field("price").Locator("[data-hint-text] button")).ToBeVisibleAsync();
        await PictureAsync(other, "hint", width, isDark);
        await other.TypeAsync("price", "4.20");
        await other.SavedAsync();
        await other.Page.Locator("[data-tab=history]").ClickAsync();
        await Expect(other.Page.Locator("li[data-told-change]").First).ToContainTextAsync("4.20");
        await PictureAsync(other, "history", width, isDark);
    }

    private static async Task PictureAsync(Person person, string name, int width, bool isDark)
    {
        var outside = await person.Page.EvaluateAsync<string>(
            "() => document.documentElement.scrollWidth <= innerWidth ? '' : [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML.slice(0, 120)).join(' | ')");
        Assert.True(outside.Length == 0, $"{name} is wider than {width} px: {outside}");
        await person.Page.ScreenshotAsync(new() { Path = Path.Combine(Root, "artifacts", "pictures", $"form-{name}-{width}{(isDark ? "-dark" : "")}.png"), FullPage = true });
    }
}
