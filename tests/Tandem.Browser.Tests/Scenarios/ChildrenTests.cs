using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>An order and its lines in one form, saved as one.</summary>
public sealed class ChildrenTests(Stage stage) : Scenario(stage)
{
    public static TheoryData<Store> Stores { get; } = [Store.Sqlite, Store.PostgreSql];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Lines_AddedChangedAndRemoved_AreSavedWithTheirOrderAsOne(Store store)
    {
        var served = await SharedAsync(Data.Bakery, store);
        var order = await AddOrderAsync(served, 2);
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served));
        await Task.WhenAll(mira.OpenAsync($"/t/orders/{order}"), tom.OpenAsync($"/t/orders/{order}"));

        await mira.TypeAsync("note", "With candles");
        await Cell(mira, 1, "quantity").FillAsync("7");
        await Row(mira, 2).GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Remove") }).ClickAsync();
        await mira.ClickAsync("Add a line: Order lines");
        await FillNewAsync(mira, "4", "2.50");
        await Expect(mira.Unsaved).ToHaveTextAsync("4 unsaved changes");
        await mira.SavedAsync();

        await Expect(mira.Unsaved).ToBeHiddenAsync();
        Assert.Equal("With candles", (await served.ReadAsync("orders", order)).GetProperty("note").GetString());
        Assert.Equal([(1, 7), (3, 4)], await LinesAsync(served, order));
        var history = await served.Program.GetFromJsonAsync<JsonElement>($"/api/tables/order_lines/{order},3/history", TestContext.Current.CancellationToken);
        var ofOrder = await served.Program.GetFromJsonAsync<JsonElement>($"/api/tables/orders/{order}/history", TestContext.Current.CancellationToken);
        Assert.Equal(ofOrder.GetProperty("value")[0].GetProperty("operation").GetString(), history.GetProperty("value")[0].GetProperty("operation").GetString());

        // The other screen follows: a value, a row that goes, a row that comes.
        await Expect(Cell(tom, 1, "quantity")).ToHaveValueAsync("7");
        await Expect(Row(tom, 2)).ToHaveCountAsync(0);
        await Expect(Cell(tom, 3, "quantity")).ToHaveValueAsync("4");
        await Expect(mira.Page.Locator("[data-children=order_lines] tr[data-key]")).ToHaveCountAsync(2);
        await Cell(tom, 3, "quantity").FillAsync("5");
        await tom.SavedAsync();
        await Expect(Cell(mira, 3, "quantity")).ToHaveValueAsync("5");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Lines_OthersChangedOrDeleted_AreDecidedOneByOne(Store store)
    {
        var served = await SharedAsync(Data.Bakery, store);
        var order = await AddOrderAsync(served, 3);
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served));
        await Task.WhenAll(mira.OpenAsync($"/t/orders/{order}"), tom.OpenAsync($"/t/orders/{order}"));
        await Cell(tom, 1, "quantity").FillAsync("11");
        await Cell(tom, 2, "quantity").FillAsync("12");
        await Cell(tom, 3, "quantity").FillAsync("13");

        await Cell(mira, 1, "quantity").FillAsync("21");
        foreach (var line in new[] { 2, 3 })
        {
            await Row(mira, line).GetByRole(AriaRole.Button, new() { NameRegex = new Regex("^Remove") }).ClickAsync();
        }

        await mira.SavedAsync();

        await Expect(Row(tom, 1).Locator("[data-cell=quantity]")).ToHaveAttributeAsync("data-state", "conflict");
        await Expect(Row(tom, 2)).ToHaveAttributeAsync("data-row-state", "gone");
        await Expect(tom.Page.Locator(".child-say").First).ToContainTextAsync($"{Mira} deleted this line");
        await tom.SaveAsync();
        await Expect(tom.Notice).ToContainTextAsync("Decide the marked fields first");
        await Row(tom, 1).GetByRole(AriaRole.Button, new() { Name = "Keep mine" }).ClickAsync();
        await tom.Page.Locator(".child-say").First.GetByRole(AriaRole.Button, new() { Name = "Remove it" }).ClickAsync();
        await tom.Page.Locator(".child-say").GetByRole(AriaRole.Button, new() { Name = "Add it again as new" }).ClickAsync();
        await tom.SavedAsync();

        Assert.Equal([(1, 11), (3, 13)], await LinesAsync(served, order));
        await Expect(Cell(mira, 1, "quantity")).ToHaveValueAsync("11");
        await Expect(Cell(mira, 3, "quantity")).ToHaveValueAsync("13");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task NewOrder_WithItsLines_IsMadeAsOneAndItsDraftIsKept(Store store)
    {
        var served = await SharedAsync(Data.Bakery, store);
        var mira = await PersonAsync(Mira, served);
        var template = await served.ReadAsync("orders", await AddOrderAsync(served, 0));
        await mira.VisitAsync("/t/orders/new");
        foreach (var field in new[] { "customer_id", "shop_code" })
        {
            await mira.Field(field).GetByRole(AriaRole.Combobox).ClickAsync();
            await mira.Page.Locator("[role=option]:visible").First.ClickAsync();
        }

        await mira.TypeAsync("wanted_on", template.GetProperty("wanted_on").GetString()!);
        var note = "Made with lines " + Guid.NewGuid().ToString("N");
        await mira.TypeAsync("note", note);
        await mira.ClickAsync("Add a line: Order lines");
        await FillNewAsync(mira, "0", "1.25");
        await Expect(mira.Page.Locator("[data-children=order_lines] [data-cell=quantity] [data-error]")).ToBeVisibleAsync();
        mira.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await mira.Page.ReloadAsync();
        await Expect(mira.Page.Locator("[data-draft]")).ToContainTextAsync("Restored what you typed");
        await mira.ShowsAsync("note", note);
        await mira.Page.Locator("[data-children=order_lines] [data-cell=quantity] input").FillAsync("3");
        await mira.SaveAsync();

        await Expect(mira.Page).ToHaveURLAsync(new Regex("/t/orders/\\d+\\?did=create"));
        var order = new Uri(mira.Page.Url).Segments[^1];
        Assert.Equal(note, (await served.ReadAsync("orders", order)).GetProperty("note").GetString());
        Assert.Equal([(1, 3)], await LinesAsync(served, order));
        await Expect(Cell(mira, 1, "quantity")).ToHaveValueAsync("3");
    }

    [Fact]
    public async Task Lines_WithoutScript_AreListedWithLinks()
    {
        var served = await SharedAsync(Data.Bakery, Store.Sqlite);
        var order = await AddOrderAsync(served, 2);
        var mira = await PersonAsync(Mira, served, new() { JavaScriptEnabled = false });
        await mira.VisitAsync($"/t/orders/{order}");
        await Expect(mira.Page.Locator("[data-children=order_lines] tr[data-key]")).ToHaveCountAsync(2);
        await mira.Page.Locator("[data-children=order_lines] tr[data-key] a").First.ClickAsync();
        await Expect(mira.Page).ToHaveURLAsync(new Regex($"/t/order_lines/{order},1"));
    }

    private static ILocator Row(Person person, int line) => person.Page.Locator($"[data-children=order_lines] tr[data-key$=\",{line}\"]");

    private static ILocator Cell(Person person, int line, string field) => Row(person, line).Locator($"[data-cell={field}] input").First;

    private static async Task FillNewAsync(Person person, string quantity, string price)
    {
        var row = person.Page.Locator("[data-children=order_lines] tr[data-row-state=new]");
        await row.Locator("[data-cell=product_id]").GetByRole(AriaRole.Combobox).ClickAsync();
        await person.Page.Locator("[role=option]:visible").First.ClickAsync();
        await row.Locator("[data-cell=quantity] input").FillAsync(quantity);
        await row.Locator("[data-cell=unit_price] input").FillAsync(price);
    }

    private static async Task<IEnumerable<(int Line, int Quantity)>> LinesAsync(Served served, string order)
    {
        var answer = await served.Program.GetFromJsonAsync<JsonElement>($"/api/tables/order_lines?$filter=order_id eq {order}&$orderby=line_number", TestContext.Current.CancellationToken);
        return answer.GetProperty("value").EnumerateArray().Select(l => (l.GetProperty("line_number").GetInt32(), l.GetProperty("quantity").GetInt32())).ToList();
    }

    private static async Task<string> AddOrderAsync(Served served, int lines)
    {
        var first = await served.Program.GetFromJsonAsync<JsonElement>("/api/tables/orders?$first=1", TestContext.Current.CancellationToken);
        var like = first.GetProperty("value")[0];
        var order = await served.AddAsync("orders", new Dictionary<string, object?>
        {
            ["customer_id"] = like.GetProperty("customer_id").GetInt64(), ["shop_code"] = like.GetProperty("shop_code").GetString(), ["wanted_on"] = "2026-12-01",
        });
        for (var line = 1; line <= lines; line++)
        {
            await served.AddAsync("order_lines", new Dictionary<string, object?> { ["order_id"] = long.Parse(order, System.Globalization.CultureInfo.InvariantCulture), ["line_number"] = line, ["product_id"] = 1, ["quantity"] = line, ["unit_price"] = 1.5m });
        }

        return order;
    }
}
