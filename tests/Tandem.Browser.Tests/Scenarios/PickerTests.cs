using System.Text.RegularExpressions;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>What a reference can point to: searched for, and made in place.</summary>
public sealed class PickerTests(Stage stage) : Scenario(stage)
{
    public static TheoryData<Store> Stores { get; } = [Store.Sqlite, Store.PostgreSql];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Target_NotThereYet_IsMadeInPlaceAndChosenAndFoundByOthers(Store store)
    {
        var served = await SharedAsync(Data.Bakery, store);
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served));
        await Task.WhenAll(mira.OpenAsync("/t/products/3"), tom.OpenAsync("/t/products/4"));
        var name = "Zwieback " + Guid.NewGuid().ToString("N")[..8];
        await mira.TypeAsync("description", "Typed before");
        var picker = mira.Field("category_id").GetByRole(AriaRole.Combobox);
        await picker.FillAsync(name);
        await mira.Page.GetByRole(AriaRole.Option, new() { Name = $"New “{name}” …" }).WaitForAsync();
        await mira.Page.Keyboard.PressAsync("ArrowUp");
        await mira.Page.Keyboard.PressAsync("Enter");
        var dialog = mira.Page.Locator("[data-create-dialog]");
        await Expect(dialog.GetByLabel("Name")).ToHaveValueAsync(name);
        await dialog.GetByLabel("Name").FillAsync("");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create and choose" }).ClickAsync();
        await Expect(dialog.Locator("[data-error]:visible").First).ToBeVisibleAsync();
        await dialog.GetByLabel("Name").FillAsync(name);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create and choose" }).ClickAsync();
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(picker).ToHaveValueAsync(name);
        await mira.ShowsAsync("description", "Typed before");
        await mira.SavedAsync();
        var category = (await served.ReadAsync("products", "3")).GetProperty("category_id").GetInt64();
        Assert.Equal(name, (await served.ReadAsync("categories", category.ToString(System.Globalization.CultureInfo.InvariantCulture))).GetProperty("name").GetString());

        await tom.Field("category_id").GetByRole(AriaRole.Combobox).FillAsync("zwieback");
        await tom.Page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("^" + name) }).ClickAsync();
        await Expect(tom.Field("category_id").GetByRole(AriaRole.Combobox)).ToHaveValueAsync(name);
    }

    [Fact]
    public async Task Target_OfSomebodyWhoMayNotAdd_OffersNoNewOne()
    {
        var served = await SharedAsync(Data.Bakery, Store.Sqlite);
        var viewer = await PersonAsync(Viewer, served);
        await viewer.VisitAsync("/t/products/3");
        var answer = await viewer.Page.Context.APIRequest.GetAsync(new Uri(served.Address, "/t/categories/options?q=a&field=id").ToString());
        Assert.True(answer.Ok);
        Assert.DoesNotContain("x-tandem-new", answer.Headers.Keys);
    }
}
