using System.Text.RegularExpressions;
using System.Globalization;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>What is wrong is said at its field, nothing is written, and nothing typed is lost.</summary>
public sealed class ValidationTests(Stage stage) : Scenario(stage)
{
    public static TheoryData<Store> Stores { get; } = [Store.Sqlite, Store.PostgreSql];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Field_ThatBreaksARule_SaysSoAndKeepsTheDraft(Store store)
    {
        var served = await SharedAsync(Data.Bakery, store);
        var key = await AddProductAsync(served);
        var taken = (await served.ReadAsync("products", await AddProductAsync(served))).GetProperty("sku").GetString()!;
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync($"/t/products/{key}");
        await mira.TypeAsync("description", "Kept all along");

        (string Field, string Value, string Says)[] wrong =
        [
            ("name", "", ""),
            ("name", new string('x', 81), "80"),
            ("sku", taken, "already"),
            ("price", "", ""),
            ("price", "-1", ""),
            ("weight_grams", "0", ""),
        ];
        foreach (var (field, value, says) in wrong)
        {
            var before = await mira.Input(field).InputValueAsync();
            // The server has the last word, also where the browser would not let it be typed.
            await mira.Input(field).EvaluateAsync("e => e.removeAttribute('maxlength')");
            await mira.TypeAsync(field, value);
            await mira.SaveAsync();
            await Expect(mira.Error(field)).ToBeVisibleAsync();
            await Expect(mira.Error(field)).ToContainTextAsync(says);
            await Expect(mira.Notice).ToContainTextAsync("Nothing is saved yet");
            await mira.ShowsAsync(field, value);
            await mira.ShowsAsync("description", "Kept all along");
            await IsActiveAsync(mira.Input(field));
            Assert.Equal(System.Text.Json.JsonValueKind.Null, (await served.ReadAsync("products", key)).GetProperty("description").ValueKind);
            await mira.TypeAsync(field, before);
            await Expect(mira.Error(field)).ToBeHiddenAsync();
        }

        await mira.SavedAsync();
        Assert.Equal("Kept all along", (await served.ReadAsync("products", key)).GetProperty("description").GetString());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Field_WithWhatIsNoNumber_IsNotTakenForEmpty(Store store)
    {
        var served = await SharedAsync(Data.Bakery, store);
        var key = await served.AddSubjectAsync();
        var mira = await PersonAsync(Mira, served);
        await mira.OpenSubjectAsync(key);
        await mira.Input("credit_limit").FocusAsync();
        await mira.Page.Keyboard.TypeAsync("12e");

        await mira.SaveAsync();

        await Expect(mira.Error("credit_limit")).ToBeVisibleAsync();
        await Expect(mira.Notice).ToContainTextAsync("Nothing is saved yet");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Reference_WhoseTargetIsGone_SaysSoAtTheField(Store store)
    {
        var served = await SharedAsync(Data.Bakery, store);
        var name = "Shelf " + Guid.NewGuid().ToString("N")[..8];
        var category = await served.AddAsync("categories", new Dictionary<string, object?> { ["name"] = name });
        var product = await AddProductAsync(served);
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync($"/t/products/{product}");
        await mira.Field("category_id").GetByRole(AriaRole.Combobox).FillAsync(name);
        await mira.Page.GetByRole(AriaRole.Option, new() { NameRegex = new Regex("^" + Regex.Escape(name)) }).ClickAsync();
        await served.RemoveAsync("categories", category);

        await mira.SaveAsync();

        await Expect(mira.Error("category_id")).ToBeVisibleAsync();
        await Expect(mira.Notice).ToContainTextAsync("Nothing is saved yet");
        Assert.Equal(1, (await served.ReadAsync("products", product)).GetProperty("category_id").GetInt32());
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task NewRecord_ThatBreaksARule_ComesBackWithEverythingTyped(Store store)
    {
        var served = await SharedAsync(Data.Bakery, store);
        var taken = await served.ReadSubjectAsync(await served.AddSubjectAsync(), "email");
        var mira = await PersonAsync(Mira, served);
        await mira.VisitAsync("/t/customers/new");
        await mira.TypeAsync("name", "Twice");
        await mira.SaveAsync();
        await Expect(mira.Error("email")).ToBeVisibleAsync();
        await mira.TypeAsync("email", taken!);
        await mira.TypeAsync("town", "Birch");
        await mira.SaveAsync();
        await Expect(mira.Error("email")).ToContainTextAsync("already");
        await mira.ShowsAsync("town", "Birch");
        await mira.TypeAsync("email", taken + ".uk");
        await mira.SaveAsync();
        await Expect(mira.Notice).ToHaveTextAsync("Created.");
    }

    internal static async Task<string> AddProductAsync(Served served)
    {
        var name = Guid.NewGuid().ToString("N")[..10];
        return await served.AddAsync("products", new Dictionary<string, object?>
        {
            ["category_id"] = 1, ["name"] = "Loaf " + name, ["sku"] = name, ["price"] = 2.5m, ["since"] = new DateOnly(2026, 1, 2).ToString("O", CultureInfo.InvariantCulture),
        });
    }
}
