using System.Text.RegularExpressions;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

public sealed class KeyboardTests(Stage stage) : Scenario(stage)
{
    [Theory]
    [MemberData(nameof(Across))]
    public async Task Keyboard_Alone_GoesFromListToRecordAndBackToItsPlace(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var subject = served.Subject;
        var mira = await PersonAsync(Mira, served);
        var page = mira.Page;
        var list = $"/t/{subject.Table}?order=-{subject.Key}";
        await mira.OpenAsync(list);
        // The last row of the page stands below the fold, so the place matters.
        var last = page.Locator("td.opens a").Last;
        var key = await page.Locator("tbody tr").Last.GetAttributeAsync("data-key");
        await TabToAsync(page, last, 400);
        var place = await page.EvaluateAsync<double>("() => scrollY");
        Assert.True(place > 100);
        await page.Keyboard.PressAsync("Enter");
        await mira.LiveAsync();

        await TabToAsync(page, mira.Input(subject.Second), 60);
        await page.Keyboard.PressAsync("Control+A");
        var text = "Typed " + Guid.NewGuid().ToString("N")[..6];
        await page.Keyboard.TypeAsync(text);
        await page.Keyboard.PressAsync("Control+S");
        await Expect(mira.Notice).ToHaveTextAsync("Saved.");
        Assert.Equal(text, await served.ReadSubjectAsync(key!, subject.Second));

        await TabToAsync(page, page.Locator(".crumbs a"), 60, "Shift+Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex(Regex.Escape(list) + "$"));
        await Expect(mira.Cell(key!, subject.Second)).ToHaveTextAsync(text);
        await Expect(mira.Cell(key!, subject.Second)).ToBeInViewportAsync();
        Assert.Equal(place, await page.EvaluateAsync<double>("() => scrollY"), 2.0);
    }

    private static async Task TabToAsync(IPage page, ILocator target, int most, string with = "Tab")
    {
        for (var i = 0; i < most; i++)
        {
            if (await target.EvaluateAsync<bool>("e => e === document.activeElement"))
            {
                return;
            }

            await page.Keyboard.PressAsync(with);
        }

        Assert.Fail($"{target} was not reached by {most} presses of {with}.");
    }
}
