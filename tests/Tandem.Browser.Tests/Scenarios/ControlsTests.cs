using System.Text;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>The right control for each kind of field, and that what it says is what is stored.</summary>
public sealed class ControlsTests(Stage stage) : Scenario(stage)
{
    public static TheoryData<Store> Stores { get; } = [Store.Sqlite, Store.PostgreSql];

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Controls_OfEveryKind_StoreWhatTheySay(Store store)
    {
        var served = await SharedAsync(Data.Bakery, store);
        var product = await ValidationTests.AddProductAsync(served);
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync($"/t/products/{product}");
        var shelf = "Shelf " + Guid.NewGuid().ToString("N")[..8];
        await served.AddAsync("categories", new Dictionary<string, object?> { ["name"] = shelf });

        var picker = mira.Field("category_id").GetByRole(AriaRole.Combobox);
        await picker.FillAsync(shelf[2..]);
        await Expect(mira.Field("category_id").Locator("[role=option]:not(.picker-new)")).ToHaveCountAsync(1);
        await picker.PressAsync("Enter");
        await Expect(picker).ToHaveValueAsync(shelf);
        await mira.Input("status").SelectOptionAsync("sold out");
        await mira.TypeAsync("since", "2024-02-29");
        await mira.TypeAsync("price", "19.99");
        await mira.TypeAsync("nutrition", """{"kcal": 250, "precise": 0.1000}""");
        if (store == Store.Sqlite)
        {
            await mira.Input("vegan").CheckAsync();
        }
        else
        {
            await Expect(mira.Input("vegan")).ToHaveValueAsync("");
            await mira.Input("vegan").SelectOptionAsync("Yes");
            await mira.TypeAsync("tags", """["warm", "new"]""");
        }

        await mira.SavedAsync();
        await mira.Page.ReloadAsync();
        await Expect(picker).ToHaveValueAsync(shelf);
        await mira.ShowsAsync("status", "sold out");
        await mira.ShowsAsync("since", "2024-02-29");
        await mira.ShowsAsync("price", "19.99");
        var stored = await served.ReadAsync("products", product);
        Assert.Equal(250, stored.GetProperty("nutrition").GetProperty("kcal").GetInt32());
        Assert.True(stored.GetProperty("vegan").GetBoolean());
        if (store == Store.PostgreSql)
        {
            Assert.Equal("warm", stored.GetProperty("tags")[0].GetString());
            await mira.LiveAsync();
            await mira.Input("vegan").SelectOptionAsync("–");
            await mira.SavedAsync();
            Assert.Equal(System.Text.Json.JsonValueKind.Null, (await served.ReadAsync("products", product)).GetProperty("vegan").ValueKind);
        }
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Json_ThatIsNone_IsSaidAtTheField(Store store)
    {
        var served = await SharedAsync(Data.Bakery, store);
        var product = await ValidationTests.AddProductAsync(served);
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync($"/t/products/{product}");
        await mira.TypeAsync("nutrition", """{"kcal": """);
        await mira.SaveAsync();
        await Expect(mira.Error("nutrition")).ToContainTextAsync("Enter valid JSON");
    }

    [Theory]
    [MemberData(nameof(Stores))]
    public async Task Blob_Uploaded_IsShownSizedAndDownloadable(Store store)
    {
        var served = await SharedAsync(Data.Bakery, store);
        var product = await ValidationTests.AddProductAsync(served);
        var mira = await PersonAsync(Mira, served);
        await mira.OpenAsync($"/t/products/{product}");
        var content = Encoding.UTF8.GetBytes("%PDF-1.4 a recipe in " + new string('b', 2000));
        await mira.Field("picture").Locator("input[type=file]").SetInputFilesAsync(new FilePayload { Name = "recipe.pdf", MimeType = "application/pdf", Buffer = content });
        await mira.SaveAsync();
        await Expect(mira.Notice).ToHaveTextAsync("Saved.");

        var link = mira.Field("picture").Locator("a").First;
        var download = await mira.Page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        await using var stream = await download.CreateReadStreamAsync();
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, TestContext.Current.CancellationToken);
        Assert.Equal(content, copy.ToArray());

        await mira.Field("picture").GetByLabel("Remove the content").CheckAsync();
        await mira.SaveAsync();
        await Expect(mira.Field("picture").Locator("a")).ToHaveCountAsync(0);
    }
}
