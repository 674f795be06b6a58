using System.Text.RegularExpressions;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>Everything that must work before any script runs.</summary>
public sealed class WithoutScriptTests(Stage stage) : Scenario(stage)
{
    [Theory]
    [MemberData(nameof(Across))]
    public async Task List_WithoutScript_SearchesFiltersAndSorts(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var subject = served.Subject;
        var name = "Plain" + Guid.NewGuid().ToString("N")[..10];
        var (first, second) = (await served.AddSubjectAsync(name), await served.AddSubjectAsync(name));
        await served.ChangeAsync(subject.Table, first, new Dictionary<string, object?> { [subject.First] = "Alpha" });
        await served.ChangeAsync(subject.Table, second, new Dictionary<string, object?> { [subject.First] = "Beta" });
        var mira = await WithoutScriptAsync(Mira, served);
        var page = mira.Page;
        var rows = page.Locator("tbody tr");
        await mira.VisitAsync($"/t/{subject.Table}");

        await page.GetByRole(AriaRole.Searchbox).First.FillAsync(name);
        await mira.ClickAsync("Search");
        await Expect(rows).ToHaveCountAsync(2);

        var header = page.Locator("th", new() { HasText = Label(subject.First) }).Locator("a");
        await header.ClickAsync();
        await Expect(mira.Cell(first, subject.First)).ToHaveTextAsync("Alpha");
        await Expect(rows.First).ToHaveAttributeAsync("data-key", first);
        await header.ClickAsync();
        await Expect(rows.First).ToHaveAttributeAsync("data-key", second);
        await Expect(page.Locator("th[aria-sort=descending]")).ToHaveCountAsync(1);

        await page.Locator("details.filter > summary").ClickAsync();
        var filter = page.Locator("details.filter details", new() { HasText = Label(subject.First) });
        await filter.Locator("summary").ClickAsync();
        await filter.Locator("input[name=av]").FillAsync("alph");
        await filter.GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await Expect(rows).ToHaveCountAsync(1);
        await Expect(page.Locator(".chip")).ToContainTextAsync("contains alph");
        await Expect(page.Locator("th[aria-sort=descending]")).ToHaveCountAsync(1);

        await page.Locator(".chip a[aria-label^='Remove']").ClickAsync();
        await Expect(rows).ToHaveCountAsync(2);
    }

    [Theory]
    [MemberData(nameof(Across))]
    public async Task List_WithoutScript_TurnsPages(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var mira = await WithoutScriptAsync(Mira, served);
        var page = mira.Page;
        await mira.VisitAsync($"/t/{served.Subject.Table}");
        var firstKey = await page.Locator("tbody tr").First.GetAttributeAsync("data-key");

        await page.GetByRole(AriaRole.Link, new() { Name = "Next ›" }).ClickAsync();
        await Expect(page.Locator("tbody tr").First).Not.ToHaveAttributeAsync("data-key", firstKey!);
        await page.GetByRole(AriaRole.Link, new() { Name = "‹ Previous" }).ClickAsync();
        await Expect(page.Locator("tbody tr").First).ToHaveAttributeAsync("data-key", firstKey!);
        await page.GetByRole(AriaRole.Link, new() { Name = "Last »" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Next ›" })).ToHaveCountAsync(0);
        await Expect(page.Locator("tbody tr").First).Not.ToHaveAttributeAsync("data-key", firstKey!);
        await page.GetByRole(AriaRole.Link, new() { Name = "« First" }).ClickAsync();
        await Expect(page.Locator("tbody tr").First).ToHaveAttributeAsync("data-key", firstKey!);
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Record_WithoutScript_IsCreatedSavedAndDeleted(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var subject = served.Subject;
        var mira = await WithoutScriptAsync(Mira, served);
        var page = mira.Page;
        await mira.VisitAsync($"/t/{subject.Table}");
        await page.GetByRole(AriaRole.Link, new() { Name = "New record" }).ClickAsync();
        foreach (var (field, value) in subject.Fresh("By hand").Where(v => v.Key != subject.Key || (data, store) == (Data.Chinook, Store.PostgreSql)))
        {
            await mira.TypeAsync(field, Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!);
        }

        await mira.SaveAsync();
        await Expect(mira.Notice).ToHaveTextAsync("Created.");
        await Expect(page).ToHaveURLAsync(new Regex($"/t/{subject.Table}/\\d+\\?"));
        var key = new Uri(page.Url).Segments[^1];
        Assert.Equal("First at start", await served.ReadSubjectAsync(key, subject.First));

        await mira.TypeAsync(subject.First, "Saved plainly");
        await mira.SavedAsync();
        Assert.Equal("Saved plainly", await served.ReadSubjectAsync(key, subject.First));

        await page.GetByRole(AriaRole.Link, new() { Name = "Delete" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Delete");
        await mira.ClickAsync("Delete");
        await Expect(page).ToHaveURLAsync(new Regex($"/t/{subject.Table}(\\?|$)"));
        await mira.VisitAsync($"/t/{subject.Table}/{key}");
        await Expect(page.Locator("main")).ToContainTextAsync("Mira Holm deleted it");
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Conflict_WithoutScript_ShowsBothSidesAndIsDecidedPerField(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var subject = served.Subject;
        var key = await served.AddSubjectAsync();
        var (mira, tom) = (await WithoutScriptAsync(Mira, served), await WithoutScriptAsync(Tom, served));
        await mira.VisitAsync($"/t/{subject.Table}/{key}");
        await tom.VisitAsync($"/t/{subject.Table}/{key}");
        foreach (var (person, text) in new[] { (mira, "Mira's"), (tom, "Tom's") })
        {
            await person.TypeAsync(subject.First, text + " first");
            await person.TypeAsync(subject.Second, text + " second");
        }

        await mira.SavedAsync();
        await tom.SaveAsync();

        await Expect(tom.Notice).ToContainTextAsync("2 fields were changed by others while you were editing. Nothing is saved yet");
        foreach (var (field, text) in new[] { (subject.First, "first"), (subject.Second, "second") })
        {
            var panel = tom.Field(field).Locator("[data-server-conflict]");
            await Expect(panel).ToContainTextAsync("was changed by Mira Holm");
            await Expect(panel.Locator("dd")).ToHaveTextAsync([$"{char.ToUpperInvariant(text[0])}{text[1..]} at start", $"Tom's {text}", $"Mira's {text}"]);
        }

        Assert.Equal("Mira's first", await served.ReadSubjectAsync(key, subject.First));
        await tom.Field(subject.First).GetByLabel("Keep mine").CheckAsync();
        await tom.Field(subject.Second).GetByLabel("Take theirs").CheckAsync();
        await tom.SavedAsync();
        Assert.Equal("Tom's first", await served.ReadSubjectAsync(key, subject.First));
        Assert.Equal("Mira's second", await served.ReadSubjectAsync(key, subject.Second));
    }

    [Fact]
    public async Task SignedBase_Tampered_IsRefused()
    {
        var served = await SharedAsync(Data.Chinook, Store.Sqlite);
        var subject = served.Subject;
        var key = await served.AddSubjectAsync();
        var mira = await WithoutScriptAsync(Mira, served);
        await mira.VisitAsync($"/t/{subject.Table}/{key}");
        await mira.TypeAsync(subject.First, "Forged");
        await mira.Page.Locator("form[data-record] input[name=base]").EvaluateAsync("e => e.value = e.value.slice(0, -6) + 'AAAAAA'");

        await mira.SaveAsync();

        await Expect(mira.Page.Locator("main")).ToContainTextAsync("This form cannot be saved");
        Assert.Equal("First at start", await served.ReadSubjectAsync(key, subject.First));
    }

    private Task<Person> WithoutScriptAsync(string name, Served served) => PersonAsync(name, served, new() { JavaScriptEnabled = false });

    private static string Label(string field) => char.ToUpperInvariant(field[0]) + field[1..];
}
