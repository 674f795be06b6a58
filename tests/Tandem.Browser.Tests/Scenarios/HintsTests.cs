using System.Globalization;
using System.Text.RegularExpressions;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>What a field says while somebody fills the form in.</summary>
public sealed class HintsTests(Stage stage) : Scenario(stage)
{
    [Fact]
    public async Task Price_Typed_TellsCostAndMarginAndEmptyOffersASuggestion()
    {
        var served = await SampleAsync("Bakery");
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync("/t/products/1");
        var hint = mira.Field("price").Locator("[data-hint-text]");
        await Expect(hint).ToHaveTextAsync(new Regex(@"cost \d.* · margin -?\d+"));
        var before = await hint.InnerTextAsync();

        await mira.TypeAsync("price", "100");
        await Expect(hint).Not.ToHaveTextAsync(before);
        await Expect(hint).ToHaveTextAsync(new Regex(@"cost .* · margin 9\d"));

        await mira.TypeAsync("price", "");
        var use = hint.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Use ") });
        var suggested = (await use.InnerTextAsync())["Use ".Length..];
        await use.ClickAsync();
        await mira.ShowsAsync("price", suggested);
        await Expect(hint).ToHaveTextAsync(new Regex("cost .* · margin"));
        await mira.SavedAsync();
        Assert.Equal(decimal.Parse(suggested, CultureInfo.InvariantCulture), decimal.Parse((await served.ReadAsync("products", "1")).GetProperty("price").ToString(), CultureInfo.InvariantCulture));
    }
}
