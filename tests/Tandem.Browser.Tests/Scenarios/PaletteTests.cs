using System.Text.RegularExpressions;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>The palette and the keys, by keyboard alone.</summary>
public sealed class PaletteTests(Stage stage) : Scenario(stage)
{
    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Palette_ByKeyboard_GoesToTablesRecordsAndActions(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var subject = served.Subject;
        var name = "Recent" + Guid.NewGuid().ToString("N")[..8];
        var key = await served.AddSubjectAsync(name);
        var mira = await PersonAsync(Mira, served);
        var (page, keyboard) = (mira.Page, mira.Page.Keyboard);
        await mira.OpenSubjectAsync(key);
        await page.Keyboard.PressAsync("g");
        await page.Keyboard.PressAsync("h");
        await Expect(page).ToHaveURLAsync(new Regex("^[^?]*//[^/]+/$"));

        await mira.LiveAsync();
        await keyboard.PressAsync("Control+k");
        var box = page.GetByRole(AriaRole.Combobox);
        await IsActiveAsync(box);
        await Expect(box).ToHaveAttributeAsync("aria-expanded", "true");
        await keyboard.TypeAsync(name);
        var chosen = page.Locator(".jump-list [role=option][aria-selected=true]");
        await Expect(page.Locator(".jump-list [role=option]")).ToHaveCountAsync(1);
        await Expect(chosen).ToContainTextAsync(name);
        await Expect(box).ToHaveAttributeAsync("aria-activedescendant", "jump-0");
        await keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex($"/t/{subject.Table}/{key}$"));

        await mira.LiveAsync();
        await keyboard.PressAsync("Control+k");
        await keyboard.TypeAsync(subject.Table);
        await Expect(chosen).ToHaveAttributeAsync("href", new Regex($"/t/{subject.Table}$"));
        await keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex($"/t/{subject.Table}$"));

        await mira.LiveAsync();
        await keyboard.PressAsync("Control+k");
        await keyboard.TypeAsync("new rec");
        await Expect(chosen).ToContainTextAsync("New record");
        await keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("/new$"));
    }

    [Theory]
    [MemberData(nameof(Across))]
    public async Task Palette_NothingFound_SaysSoAndEscapeGoesBack(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var mira = await PersonAsync(Mira, served);
        var page = mira.Page;
        await mira.OpenAsync($"/t/{served.Subject.Table}");
        var cell = page.Locator("td[data-field]").First;
        await cell.FocusAsync();
        await page.Keyboard.PressAsync("Control+k");
        await page.Keyboard.TypeAsync("zzzzzz");
        await Expect(page.Locator("[data-announce]")).ToHaveTextAsync("Nothing is called that.");
        await page.Keyboard.PressAsync("Escape");
        await IsActiveAsync(cell);
    }

    [Theory]
    [MemberData(nameof(Across))]
    public async Task SingleKeys_SwitchedOff_DoNothing(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var mira = await PersonAsync(Mira, served);
        var page = mira.Page;
        await mira.OpenAsync($"/t/{served.Subject.Table}");
        await page.Keyboard.PressAsync("?");
        await Expect(page.Locator("dialog[data-shortcuts]")).ToBeVisibleAsync();
        await page.Keyboard.PressAsync("Escape");
        await page.Keyboard.PressAsync("/");
        await IsActiveAsync(page.Locator(".tools input[type=search]"));

        await page.Locator("details.menu > summary[aria-label*='Menu of']").ClickAsync();
        await page.GetByLabel("Single-key shortcuts").UncheckAsync();
        await page.ReloadAsync();
        await mira.LiveAsync();
        await page.Keyboard.PressAsync("n");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("?");
        // The key that is not single still acts, and only then is it sure that the others did not.
        await page.Keyboard.PressAsync("Control+k");
        await IsActiveAsync(page.GetByRole(AriaRole.Combobox));
        await Expect(page.Locator("dialog[data-shortcuts]")).ToHaveCountAsync(0);
        await Expect(page).ToHaveURLAsync(new Regex($"/t/{served.Subject.Table}$"));
    }
}
