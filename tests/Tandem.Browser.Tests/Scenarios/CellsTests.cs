using System.Text.RegularExpressions;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>Cells edited where they stand, by keyboard alone.</summary>
public sealed class CellsTests(Stage stage) : Scenario(stage)
{
    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Cell_EditedByKeyboard_IsSavedAndUndone(Data data, Store store)
    {
        var (served, mira, _, key) = await ListAsync(data, store);
        var subject = served.Subject;
        var keyboard = mira.Page.Keyboard;
        var (first, second) = (mira.Cell(key, subject.First), mira.Cell(key, subject.Second));
        await first.FocusAsync();
        await keyboard.PressAsync("F2");
        await keyboard.PressAsync("Control+A");
        await keyboard.TypeAsync("Typed here");
        await keyboard.PressAsync("Tab");
        await Expect(first).ToHaveTextAsync("Typed here");
        Assert.Equal("Typed here", await served.ReadSubjectAsync(key, subject.First));
        await Expect(mira.Page.Locator("[data-toast]")).ToContainTextAsync("saved. ".Trim());

        // Typing begins with what is typed; Escape gives it up.
        await second.FocusAsync();
        await keyboard.TypeAsync("Gone again");
        await Expect(second.Locator("input")).ToHaveValueAsync("Gone again");
        await keyboard.PressAsync("Escape");
        await IsActiveAsync(second);
        await Expect(second).ToHaveTextAsync("Second at start");
        Assert.Equal("Second at start", await served.ReadSubjectAsync(key, subject.Second));

        await keyboard.PressAsync("Control+Z");
        await Expect(mira.Page.Locator("[data-toast]")).ToHaveTextAsync("Undone.");
        await Expect(first).ToHaveTextAsync("First at start");
        Assert.Equal("First at start", await served.ReadSubjectAsync(key, subject.First));
    }

    [Theory]
    [MemberData(nameof(Across))]
    public async Task Grid_WalkedByArrows_IsOneStopOfTab(Data data, Store store)
    {
        var (served, mira, _, key) = await ListAsync(data, store);
        var subject = served.Subject;
        var page = mira.Page;
        await Expect(page.GetByRole(AriaRole.Grid)).ToHaveCountAsync(1);
        await Expect(page.Locator("td[tabindex='0']")).ToHaveCountAsync(1);
        await page.Locator("td[data-field]").First.FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await IsActiveAsync(page.Locator("td[data-field]").Nth(1));
        await page.Keyboard.PressAsync("Home");
        await IsActiveAsync(page.Locator("td[data-field]").First);
        // A key is not changed in a list.
        await Expect(mira.Cell(key, subject.Key)).ToHaveAttributeAsync("aria-readonly", "true");
        await page.Keyboard.TypeAsync("7");
        await Expect(page.Locator(".cell-editor")).ToHaveCountAsync(0);
        await Expect(page.Locator("td[tabindex='0']")).ToHaveCountAsync(1);
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Cell_SavedByAnotherMeanwhile_ShowsBothAndAsks(Data data, Store store)
    {
        var (served, mira, tom, key) = await ListAsync(data, store);
        var subject = served.Subject;
        var cell = tom.Cell(key, subject.First);
        await cell.FocusAsync();
        await tom.Page.Keyboard.PressAsync("Enter");
        await tom.Page.Keyboard.PressAsync("Control+A");
        await tom.Page.Keyboard.TypeAsync("Tom's");
        await EditAsync(mira, key, subject.First, "Mira's");

        // What he typed stays; theirs stands beside it.
        await Expect(cell.Locator(".cell-note")).ToContainTextAsync("Mira Holm");
        await Expect(cell.Locator("input")).ToHaveValueAsync("Tom's");
        await Expect(cell.Locator(".cell-note dd")).ToHaveTextAsync(["First at start", "Tom's", "Mira's"]);
        await tom.ClickAsync("Keep mine");
        await Expect(cell.Locator(".cell-editor")).ToHaveCountAsync(0);
        await Expect(mira.Cell(key, subject.First)).ToHaveTextAsync("Tom's");

        // Undo is guarded too.
        await mira.Page.Locator("[data-toast] button").ClickAsync();
        await Expect(mira.Page.Locator("[data-toast]")).ToContainTextAsync("Not undone: Tom Ek has changed it since");
        Assert.Equal("Tom's", await served.ReadSubjectAsync(key, subject.First));

        // And once more, taking theirs.
        await cell.FocusAsync();
        await tom.Page.Keyboard.TypeAsync("Again");
        await EditAsync(mira, key, subject.First, "Mira's too");
        await Expect(cell.Locator(".cell-note")).ToBeVisibleAsync();
        await tom.ClickAsync("Take theirs");
        await Expect(cell).ToHaveTextAsync("Mira's too");
        Assert.Equal("Mira's too", await served.ReadSubjectAsync(key, subject.First));
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task Cell_WithAValueRefused_KeepsItAndSaysWhy(Store store)
    {
        var served = await SharedAsync(Data.Bakery, store);
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync("/t/products");
        var cell = mira.Page.Locator("tbody tr").First.Locator("td[data-field=price]");
        var before = await cell.TextContentAsync();
        await cell.FocusAsync();
        await mira.Page.Keyboard.TypeAsync("-3");
        await mira.Page.Keyboard.PressAsync("Enter");
        await Expect(cell.Locator(".cell-error")).ToBeVisibleAsync();
        await Expect(cell.Locator("input")).ToHaveValueAsync("-3");
        await mira.Page.Keyboard.PressAsync("Escape");
        await Expect(cell).ToHaveTextAsync(before!);
    }

    [Theory]
    [MemberData(nameof(Across))]
    public async Task Cell_BeingTyped_OutlivesAListReadAgain(Data data, Store store)
    {
        var (served, mira, _, key) = await ListAsync(data, store);
        var subject = served.Subject;
        var cell = mira.Cell(key, subject.First);
        await cell.FocusAsync();
        await mira.Page.Keyboard.TypeAsync("Half");
        var name = (await served.ReadSubjectAsync(key, subject.Name))!;
        await served.AddSubjectAsync(name);
        // The button leaves the focus where it is, as a press of the page's own does not: only the list is read again.
        await Expect(mira.Arrivals).ToBeVisibleAsync();
        await mira.Arrivals.EvaluateAsync("b => b.click()");
        await Expect(mira.Page.Locator("tbody tr")).ToHaveCountAsync(2);
        await Expect(cell.Locator("input")).ToHaveValueAsync("Half");
        await IsActiveAsync(cell.Locator("input"));
        await mira.Page.Keyboard.TypeAsync(" done");
        await mira.Page.Keyboard.PressAsync("Enter");
        await Expect(cell).ToHaveTextAsync("Half done");
        Assert.Equal("Half done", await served.ReadSubjectAsync(key, subject.First));
    }

    [Theory]
    [MemberData(nameof(Across))]
    public async Task Cell_OfARecordDeletedMeanwhile_KeepsWhatIsTyped(Data data, Store store)
    {
        var (served, mira, _, key) = await ListAsync(data, store);
        var subject = served.Subject;
        var cell = mira.Cell(key, subject.First);
        await cell.FocusAsync();
        await mira.Page.Keyboard.TypeAsync("Too late");
        await served.RemoveAsync(subject.Table, key);
        await Expect(mira.Page.Locator("tr.gone")).ToHaveCountAsync(1);
        await mira.Page.Keyboard.PressAsync("Enter");
        await Expect(cell.Locator(".cell-error")).ToHaveTextAsync("This record was deleted. What you typed was not saved.");
        await Expect(cell.Locator("input")).ToHaveValueAsync("Too late");
    }

    [Theory]
    [InlineData(Store.Sqlite)]
    [InlineData(Store.PostgreSql)]
    public async Task Cell_OfAReference_IsPickedByName(Store store)
    {
        var served = await OwnAsync(Data.Chinook, store);
        var mira = await PersonAsync(Mira, served);
        var page = mira.Page;
        await mira.OpenAsync(store == Store.Sqlite ? "/t/Track" : "/t/track");
        var cell = page.Locator("tbody tr").First.Locator(store == Store.Sqlite ? "td[data-field=GenreId]" : "td[data-field=genre_id]");
        await cell.FocusAsync();
        await page.Keyboard.TypeAsync("Bossa");
        await Expect(cell.Locator("[role=option][aria-selected=true]")).ToContainTextAsync("Bossa Nova");
        await page.Keyboard.PressAsync("Enter");
        await page.Keyboard.PressAsync("Enter");
        await Expect(cell.Locator(".cell-editor")).ToHaveCountAsync(0);
        await Expect(cell.Locator("a")).ToHaveTextAsync("Bossa Nova");
        await page.ReloadAsync();
        await Expect(cell).ToHaveTextAsync("Bossa Nova");
    }

    [Theory]
    [MemberData(nameof(Across))]
    public async Task Cells_OfAViewer_AreNotEdited(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var vic = await PersonAsync(Viewer, served);
        await vic.OpenAsync($"/t/{served.Subject.Table}");
        await Expect(vic.Page.Locator("td[data-edit]")).ToHaveCountAsync(0);
    }

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Block_Pasted_IsShownFirstThenSavedAsOneAndUndone(Data data, Store store)
    {
        var (served, mira, tom, key) = await ListAsync(data, store, two: true);
        var subject = served.Subject;
        var page = mira.Page;
        var columns = await page.Locator("thead th[data-field]").EvaluateAllAsync<string[]>("e => e.map(h => h.dataset.field)");
        var (from, to) = (Array.IndexOf(columns, subject.First), Array.IndexOf(columns, subject.Second));
        Assert.True(from < to);
        var other = await page.Locator("tbody tr").Nth(1).GetAttributeAsync("data-key");
        // Between the two columns may lie others: they are pasted as they are.
        var between = await page.Locator($"tr[data-key='{key}'] td[data-field]").EvaluateAllAsync<string[]>("e => e.map(c => c.dataset.value ?? '')");
        string Line(string a, string b) => string.Join('\t', [a, .. between[(from + 1)..to], b]);
        await mira.Cell(key, subject.First).FocusAsync();
        await PasteAsync(mira, $"{Line("\"One\"\"s\"", "Here")}\r\n{Line("Two", "There")}\r\n{Line("Outside", "Outside")}\r\n");
        var dialog = page.Locator("dialog.paste");
        await Expect(dialog).ToContainTextAsync("4 will change");
        await Expect(dialog).ToContainTextAsync("lie outside of this page");
        await Expect(dialog.Locator("tbody tr")).ToHaveCountAsync(4);
        Assert.Equal("First at start", await served.ReadSubjectAsync(key, subject.First));
        await page.Keyboard.PressAsync("Enter");
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(tom.Cell(key, subject.First)).ToHaveTextAsync("One\"s");
        await Expect(tom.Cell(other!, subject.Second)).ToHaveTextAsync("There");
        await page.Keyboard.PressAsync("Control+Z");
        await Expect(tom.Cell(other!, subject.First)).ToHaveTextAsync("First at start");
        await Expect(tom.Cell(key, subject.Second)).ToHaveTextAsync("Second at start");
        Assert.Equal("First at start", await served.ReadSubjectAsync(key, subject.First));
    }

    [Theory]
    [MemberData(nameof(Across))]
    public async Task Rows_SelectedByKeyboard_AreCounted(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var mira = await PersonAsync(Mira, served);
        var page = mira.Page;
        await mira.OpenAsync($"/t/{served.Subject.Table}");
        var rows = page.Locator("tbody tr");
        await page.Keyboard.PressAsync("j");
        await IsActiveAsync(rows.First);
        await page.Keyboard.PressAsync("x");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("Shift+X");
        await Expect(page.Locator("[data-picked]")).ToHaveTextAsync("3 selected");
        await Expect(page.Locator("tr[aria-selected=true]")).ToHaveCountAsync(3);
        await page.Keyboard.PressAsync("k");
        await page.Keyboard.PressAsync("x");
        await Expect(page.Locator("[data-picked]")).ToHaveTextAsync("2 selected");
        await page.Keyboard.PressAsync("e");
        await Expect(page).ToHaveURLAsync(new Regex($"/t/{served.Subject.Table}/[^?]+$"));
    }

    private async Task<(Served Served, Person Mira, Person Tom, string Key)> ListAsync(Data data, Store store, bool two = false)
    {
        var served = await SharedAsync(data, store);
        var name = "Cell" + Guid.NewGuid().ToString("N")[..10];
        var key = await served.AddSubjectAsync(name);
        if (two)
        {
            await served.AddSubjectAsync(name);
        }

        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served));
        var list = $"/t/{served.Subject.Table}?q={name}&o={served.Subject.Key}";
        await Task.WhenAll(mira.OpenAsync(list), tom.OpenAsync(list));
        return (served, mira, tom, key);
    }

    private static async Task EditAsync(Person person, string key, string field, string text)
    {
        await person.Cell(key, field).FocusAsync();
        await person.Page.Keyboard.TypeAsync(text);
        await person.Page.Keyboard.PressAsync("Enter");
        await Expect(person.Cell(key, field)).ToHaveTextAsync(text);
    }

    private static Task PasteAsync(Person person, string text) => person.Page.EvaluateAsync(
        "text => { const data = new DataTransfer(); data.setData('text/plain', text); document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })); }", text);
}
