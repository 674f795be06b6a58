using System.Text.RegularExpressions;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>Columns chosen and views saved, for oneself and for others.</summary>
public sealed class SavedViewsTests(Stage stage) : Scenario(stage)
{
    [Theory]
    [MemberData(nameof(Across))]
    public async Task Columns_ChosenByKeyboard_StayForMeAlone(Data data, Store store)
    {
        var served = await OwnAsync(data, store);
        var subject = served.Subject;
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served));
        var page = mira.Page;
        await mira.OpenAsync($"/t/{subject.Table}");
        await page.Locator("details.columns > summary").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        var ticked = page.Locator("[data-columns] input[name=col]:checked");
        for (var left = await ticked.CountAsync(); left > 0; left--)
        {
            await ticked.First.FocusAsync();
            await page.Keyboard.PressAsync("Space");
        }

        foreach (var field in new[] { subject.Key, subject.Second, subject.First })
        {
            await page.Locator($"[data-columns] input[name=col][value={field}]").FocusAsync();
            await page.Keyboard.PressAsync("Space");
        }

        var second = page.Locator($"[data-columns] button[value='up:{subject.Second}']");
        var row = page.Locator("[data-columns] li", new() { Has = page.Locator($"input[name=col][value={subject.Second}]") });
        for (var i = 0; i < 30 && !await row.EvaluateAsync<bool>("e => !e.previousElementSibling"); i++)
        {
            await second.FocusAsync();
            await page.Keyboard.PressAsync("Enter");
        }

        await page.Locator("[data-columns] button[value=columns]").FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page).ToHaveURLAsync(new Regex("[?&]c=" + subject.Second));
        await Expect(page.Locator("thead th[data-field]")).ToHaveCountAsync(3);
        await Expect(page.Locator("tbody tr:first-child td[data-field]").First).ToHaveAttributeAsync("data-field", subject.Second);

        // Without the address as well, and for her alone.
        await mira.OpenAsync($"/t/{subject.Table}");
        await Expect(page.Locator("thead th[data-field]")).ToHaveCountAsync(3);
        await tom.OpenAsync($"/t/{subject.Table}");
        await Expect(tom.Page.Locator("thead th[data-field]")).Not.ToHaveCountAsync(3);
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task View_SavedByAnAdministratorForEveryone_OpensTheTableForAll(Data data, Store store)
    {
        var served = await OwnAsync(data, store);
        var subject = served.Subject;
        var name = "Kept" + Guid.NewGuid().ToString("N")[..8];
        var key = await served.AddSubjectAsync(name);
        var (admin, mira) = (await PersonAsync(Administrator, served), await PersonAsync(Mira, served));
        await admin.OpenAsync($"/t/{subject.Table}?f.{subject.Name}=is:{name}&o=-{subject.Key}");
        await SaveAsync(admin, "Just this one", audience: "everyone", byDefault: true);
        await Expect(admin.Page.Locator("[data-view-name]")).ToContainTextAsync("Just this one");

        await mira.OpenAsync($"/t/{subject.Table}");
        await Expect(mira.Page.Locator("[data-view-name]")).ToContainTextAsync("Just this one");
        await Expect(mira.Page.Locator("tbody tr")).ToHaveCountAsync(1);
        await Expect(mira.Page.Locator("tbody tr")).ToHaveAttributeAsync("data-key", key);

        // Hers comes before everyone's; she cannot change everyone's, nor make one.
        await mira.OpenAsync($"/t/{subject.Table}?view=all&o=-{subject.Key}");
        await mira.Page.Locator("details.views > summary").ClickAsync();
        await Expect(mira.Page.Locator(".views .manage")).ToHaveCountAsync(0);
        await Expect(mira.Page.Locator(".views select[name=audience]")).ToHaveCountAsync(0);
        await mira.Page.Keyboard.PressAsync("Escape");
        await SaveAsync(mira, "Mine", audience: null, byDefault: true);
        await mira.OpenAsync($"/t/{subject.Table}");
        await Expect(mira.Page.Locator("[data-view-name]")).ToHaveTextAsync(new Regex("^Mine"));
        await admin.OpenAsync($"/t/{subject.Table}");
        await Expect(admin.Page.Locator("[data-view-name]")).ToHaveTextAsync(new Regex("^Just this one"));

        await Manage(mira, "Mine", "Rename", "My own");
        await Expect(mira.Page.Locator("[data-view-name]")).ToHaveTextAsync(new Regex("^My own"));
        await mira.Page.Locator("thead a").First.ClickAsync();
        await Expect(mira.Page.Locator("[data-view-name]")).ToContainTextAsync("My own, changed");
        await Manage(mira, "My own", "Delete", null);
        await mira.OpenAsync($"/t/{subject.Table}");
        await Expect(mira.Page.Locator("[data-view-name]")).ToHaveTextAsync(new Regex("^Just this one"));
    }

    [Theory]
    [MemberData(nameof(Across))]
    public async Task View_ForEveryone_IsRefusedToWhoDoesNotAdminister(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var mira = await PersonAsync(Mira, served);
        await mira.VisitAsync($"/t/{served.Subject.Table}?view=all");
        await mira.Page.EvaluateAsync("""
            () => {
              const form = document.querySelector('[data-save-view]');
              form.insertAdjacentHTML('beforeend', '<input name="audience" value="everyone">');
              form.querySelector('[name=name]').value = 'Not mine to make';
              form.querySelector('button').click();
            }
            """);
        await Expect(mira.Page.Locator("main")).ToContainTextAsync("Views for others are made by administrators");
    }

    private static async Task SaveAsync(Person person, string name, string? audience, bool byDefault)
    {
        var page = person.Page;
        await page.Locator("details.views > summary").ClickAsync();
        var form = page.Locator("[data-save-view]");
        await form.Locator("[name=name]").FillAsync(name);
        if (audience is not null)
        {
            await form.Locator("[name=audience]").SelectOptionAsync(audience);
        }

        await form.Locator("[name=default]").SetCheckedAsync(byDefault);
        await form.Locator("button").ClickAsync();
    }

    private static async Task Manage(Person person, string view, string button, string? name)
    {
        var page = person.Page;
        await page.Locator("details.views > summary").ClickAsync();
        await page.GetByLabel($"Manage {view}").ClickAsync();
        if (name is not null)
        {
            await page.GetByLabel($"Name of {view}").FillAsync(name);
        }

        await page.Locator(".manage[open]").GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
    }
}
