using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>Takes the pictures of the readme: two people at work in the bakery. Run by eng/screenshots.</summary>
public sealed class PicturesTests(Stage stage) : Scenario(stage)
{
    private const string Product = "/t/products/3";

    [Fact(Explicit = true)]
    public async Task Pictures_OfTwoPeopleAtWork_AreTaken()
    {
        var served = await OwnAsync(Data.Bakery, Store.Sqlite);
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync(Product);

        await ConflictAsync(served, mira, "record", "4.40", new() { ViewportSize = new() { Width = 1280, Height = 800 } });
        await ConflictAsync(served, mira, "record-dark", "4.60", new() { ViewportSize = new() { Width = 1280, Height = 800 }, ColorScheme = ColorScheme.Dark });
        await ConflictAsync(served, mira, "phone", "4.80", new() { ViewportSize = new() { Width = 360, Height = 740 }, DeviceScaleFactor = 2 });
        await ListAsync(served);
    }

    /// <summary>For looking at, not for the readme: the samples' own pages, and the ready-made ones at twice the size of everything.</summary>
    [Fact(Explicit = true)]
    public async Task Pictures_ToLookAt_AreTaken()
    {
        var twice = new BrowserNewContextOptions { ViewportSize = new() { Width = 640, Height = 400 }, DeviceScaleFactor = 2 };
        var served = await SharedAsync(Data.Bakery, Store.Sqlite);
        var (mira, tom) = (await PersonAsync(Mira, served), await PersonAsync(Tom, served, twice));
        await mira.OpenAsync(Product);
        await mira.Input("weight_grams").FocusAsync();
        foreach (var (path, name) in new[] { ("/", "home"), (Product, "record"), ("/t/products", "list"), ("/t/orders/2", "order") })
        {
            await tom.OpenAsync(path);
            await LookAsync(tom, $"zoom-{name}");
        }

        foreach (var theme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            var chat = await SampleAsync("Chat");
            var bakery = await SampleAsync("Bakery");
            foreach (var (sample, path, name) in new[] { (chat, "/chat", "chat"), (bakery, "/orders/1", "order-page"), (bakery, Product, "hint"), (bakery, "/t/orders/2", "children") })
            {
                var person = await PersonAsync(Mira, sample, new() { ColorScheme = theme });
                await person.VisitAsync(path);
                await person.Page.WaitForLoadStateAsync(LoadState.NetworkIdle);
                await LookAsync(person, $"{name}-{theme}");
            }
        }
    }

    private static Task LookAsync(Person person, string name) =>
        person.Page.ScreenshotAsync(new() { Path = Path.Combine(Root, "artifacts", "pictures", $"look-{name}.png"), FullPage = true });

    private async Task ConflictAsync(Served served, Person mira, string name, string hers, BrowserNewContextOptions options)
    {
        var tom = await PersonAsync(Tom, served, options);
        await tom.OpenAsync(Product);
        await tom.TypeAsync("price", "5.20");
        await tom.TypeAsync("weight_grams", "820");
        await mira.TypeAsync("price", hers);
        await mira.Input("status").SelectOptionAsync(await mira.Input("status").InputValueAsync() == "seasonal" ? "available" : "seasonal");
        await mira.SavedAsync();
        await tom.InConflictAsync("price");
        await Expect(tom.History.Locator("li").First).ToContainTextAsync(hers);
        await tom.Input("weight_grams").FocusAsync();
        if (options.ViewportSize!.Width < 500)
        {
            await tom.Field("price").EvaluateAsync("e => scrollTo(0, e.offsetTop + e.offsetParent.offsetTop - 130)");
        }

        await TakeAsync(tom, name);
    }

    private async Task ListAsync(Served served)
    {
        var tom = await PersonAsync(Tom, served, new() { ViewportSize = new() { Width = 1280, Height = 800 } });
        await tom.OpenAsync("/t/ingredients?o=name&f.unit=is%3Akg");
        var keys = await tom.Page.Locator("tbody tr").EvaluateAllAsync<string[]>("rows => rows.map(r => r.dataset.key)");
        await served.AddAsync("ingredients", new Dictionary<string, object?> { ["name"] = "Spelt flakes", ["unit"] = "kg", ["price_per_unit"] = 2.1m });
        await Expect(tom.Arrivals).ToBeVisibleAsync();
        foreach (var (row, amount) in new[] { (2, 41.5m), (6, 18.25m) })
        {
            await served.ChangeAsync("ingredients", keys[row], new Dictionary<string, object?> { ["in_stock"] = amount });
            await Expect(tom.Cell(keys[row], "in_stock")).ToContainTextAsync(amount.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        await TakeAsync(tom, "list");
    }

    private static async Task TakeAsync(Person person, string name)
    {
        var folder = Path.Combine(Root, "docs", "images");
        Directory.CreateDirectory(folder);
        await person.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png") });
    }
}
