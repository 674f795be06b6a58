using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>A record's whole history, and taking changes back.</summary>
public sealed class HistoryTabTests(Stage stage) : Scenario(stage)
{
    public static TheoryData<Store> Stores { get; } = [Store.Sqlite, Store.PostgreSql];

    [Theory]
    [MemberData(nameof(Everywhere))]
    public async Task Change_TakenBack_LeavesWhatIsTypedAndIsGuarded(Data data, Store store)
    {
        var served = await SharedAsync(data, store);
        var subject = served.Subject;
        var key = await served.AddSubjectAsync();
        await served.ChangeAsync(subject.Table, key, new Dictionary<string, object?> { [subject.First] = "Once" });
        await served.ChangeAsync(subject.Table, key, new Dictionary<string, object?> { [subject.First] = "Twice" });
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served));
        await Task.WhenAll(mira.OpenSubjectAsync(key), tom.OpenSubjectAsync(key));
        await mira.TypeAsync(subject.Second, "Typed and not saved");

        await mira.Page.Locator("[data-tab=history]").ClickAsync();
        await Expect(Told(mira)).ToHaveCountAsync(3);
        await Expect(Told(mira).First).ToContainTextAsync("Once → Twice");
        await Expect(Told(mira).Last).ToContainTextAsync("First at start");

        // The one before: its values are no longer there.
        await TakeBackAsync(mira, Told(mira).Nth(1));
        await Expect(Told(mira).Nth(1).GetByRole(AriaRole.Alert)).ToContainTextAsync("administrator has changed");
        Assert.Equal("Twice", await served.ReadSubjectAsync(key, subject.First));

        await TakeBackAsync(mira, Told(mira).First);
        await Expect(Told(mira)).ToHaveCountAsync(4);
        await Expect(Told(mira).First).ToContainTextAsync("taking back an earlier change");
        Assert.Equal("Once", await served.ReadSubjectAsync(key, subject.First));
        await tom.ShowsAsync(subject.First, "Once");
        await mira.Page.Locator("[data-tab=record]").ClickAsync();
        await mira.ShowsAsync(subject.First, "Once");
        await mira.ShowsAsync(subject.Second, "Typed and not saved");
        await tom.Page.Locator("[data-tab=history]").ClickAsync();
        await Expect(Told(tom)).ToHaveCountAsync(4);
        await mira.SavedAsync();
        await Expect(Told(tom)).ToHaveCountAsync(5);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Operation_OverAnOrderAndItsLines_IsToldAndTakenBackWhole(Store store)
    {
        var served = await SharedAsync(Data.Bakery, store);
        var first = (await served.Program.GetFromJsonAsync<JsonElement>("/api/tables/orders?$first=1", TestContext.Current.CancellationToken)).GetProperty("value")[0];
        var order = await served.AddAsync("orders", new Dictionary<string, object?> { ["customer_id"] = first.GetProperty("customer_id").GetInt64(), ["shop_code"] = first.GetProperty("shop_code").GetString(), ["wanted_on"] = "2026-12-01" });
        await served.AddAsync("order_lines", new Dictionary<string, object?> { ["order_id"] = long.Parse(order, System.Globalization.CultureInfo.InvariantCulture), ["line_number"] = 1, ["product_id"] = 1, ["quantity"] = 2, ["unit_price"] = 1.5m });
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync($"/t/orders/{order}");
        await mira.TypeAsync("note", "With candles");
        await mira.Page.Locator("[data-children=order_lines] [data-cell=quantity] input").First.FillAsync("7");
        await mira.SavedAsync();

        await mira.Page.Locator("[data-tab=history]").ClickAsync();
        await Expect(Told(mira)).ToHaveCountAsync(4);
        await Expect(mira.Page.Locator("li[data-told-change][data-other]")).ToHaveCountAsync(2);
        await Expect(mira.Page.Locator("li[data-told-change][data-other]").First).ToContainTextAsync($"Order lines {order},1");
        await Expect(mira.Page.Locator("li[data-told-change][data-other]").First).ToContainTextAsync("in one save with 1 other record");
        await TakeBackAsync(mira, Told(mira).First, "Take back all of this operation (2 records)");
        await Expect(Told(mira)).ToHaveCountAsync(6);
        Assert.Equal(2, (await served.ReadAsync("order_lines", $"{order},1")).GetProperty("quantity").GetInt32());
        Assert.Equal(JsonValueKind.Null, (await served.ReadAsync("orders", order)).GetProperty("note").ValueKind);
    }

    [Fact]
    public async Task ManyChanges_AreShownPageByPageToTheFirst()
    {
        var served = await SharedAsync(Data.Bakery, Store.Sqlite);
        var subject = served.Subject;
        var key = await served.AddSubjectAsync();
        for (var i = 1; i <= 120; i++)
        {
            await served.ChangeAsync(subject.Table, key, new Dictionary<string, object?> { [subject.First] = $"Number {i}" });
        }

        var mira = await PersonAsync(Mira, served);
        await mira.OpenSubjectAsync(key);
        await mira.Page.Locator("[data-tab=history]").ClickAsync();
        foreach (var count in new[] { 50, 100 })
        {
            await Expect(Told(mira)).ToHaveCountAsync(count);
            await mira.Page.GetByRole(AriaRole.Link, new() { Name = "Show older" }).ClickAsync();
        }

        await Expect(Told(mira)).ToHaveCountAsync(121);
        await Expect(Told(mira).Last).ToContainTextAsync("added it");
        await Expect(mira.Page.GetByRole(AriaRole.Link, new() { Name = "Show older" })).ToHaveCountAsync(0);
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Change_TakenBackWithoutScript_IsAskedAboutFirst(Store store)
    {
        var served = await SharedAsync(Data.Bakery, store);
        var subject = served.Subject;
        var key = await served.AddSubjectAsync();
        await served.ChangeAsync(subject.Table, key, new Dictionary<string, object?> { [subject.First] = "Once" });
        var mira = await PersonAsync(Mira, served, new() { JavaScriptEnabled = false });
        await mira.VisitAsync($"/t/{subject.Table}/{key}");
        await mira.Page.GetByRole(AriaRole.Link, new() { Name = "History" }).ClickAsync();
        await Expect(mira.Page).ToHaveURLAsync(new Regex("tab=history"));
        await Told(mira).First.GetByRole(AriaRole.Button).First.ClickAsync();
        await Expect(mira.Page.Locator("main")).ToContainTextAsync("becomes “First at start” again; it was set to “Once”.");
        await mira.ClickAsync("Take back");
        await Expect(mira.Page.GetByText("Taken back.")).ToBeVisibleAsync();
        Assert.Equal("First at start", await served.ReadSubjectAsync(key, subject.First));

        // What somebody changed since stays, and who it was is said.
        await served.ChangeAsync(subject.Table, key, new Dictionary<string, object?> { [subject.First] = "Thrice" });
        await Told(mira).Nth(1).GetByRole(AriaRole.Button).First.ClickAsync();
        await mira.ClickAsync("Take back");
        await Expect(mira.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("administrator has changed");
        Assert.Equal("Thrice", await served.ReadSubjectAsync(key, subject.First));
    }

    private static ILocator Told(Person person) => person.Page.Locator("li[data-told-change]");

    private static async Task TakeBackAsync(Person person, ILocator change, string? button = null)
    {
        await change.GetByRole(AriaRole.Button, new() { NameRegex = new Regex(button is null ? "^Take back the change" : "^" + Regex.Escape(button)) }).ClickAsync();
        await person.Page.Locator("[data-take-back-dialog]").GetByRole(AriaRole.Button, new() { Name = "Take back" }).ClickAsync();
    }
}
