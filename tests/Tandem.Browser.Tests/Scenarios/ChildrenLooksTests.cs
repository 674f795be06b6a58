using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>A form with its lines, in pictures for people to look at; it never widens the page.</summary>
public sealed class ChildrenLooksTests(Stage stage) : Scenario(stage)
{
    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(360, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    public async Task Form_WithLinesUnderEdit_StaysWithinItsPage(int width, ColorScheme scheme)
    {
        var served = await SharedAsync(Data.Bakery, Store.Sqlite);
        var mira = await PersonAsync(Mira, served, new() { ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme });
        await mira.OpenAsync("/t/orders/1");
        var rows = mira.Page.Locator("[data-children=order_lines] tr[data-key]");
        await rows.First.Locator("[data-cell=quantity] input").FillAsync("0");
        await mira.ClickAsync("Add a line: Order lines");
        await Expect(rows.First.Locator("[data-error]").Locator("visible=true")).ToHaveCountAsync(1);

        var widest = await mira.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth");
        Assert.True(widest <= width, $"The page is {widest} wide.");
        await mira.Page.ScreenshotAsync(new() { Path = Path.Combine(Root, "artifacts", "pictures", $"children-{width}-{scheme}.png"), FullPage = true });
    }
}
