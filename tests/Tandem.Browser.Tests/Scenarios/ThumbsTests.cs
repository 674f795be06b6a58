using System.Net.Http.Headers;
using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>Pictures in lists and forms: small ones are shown, large ones are told of.</summary>
public sealed class ThumbsTests(Stage stage) : Scenario(stage)
{
    private const string List = "/t/products?o=id&c=id,name,picture&view=all";

    [Fact]
    public async Task Picture_OfALargeSize_IsNotSentForAThumbnail()
    {
        var served = await OwnAsync(Data.Bakery, Store.Sqlite);
        var mira = await PersonAsync(Mira, served);
        List<string> asked = [];
        mira.Page.Request += (_, request) => asked.Add(new Uri(request.Url).AbsolutePath);
        await mira.OpenAsync(List);
        var image = mira.Cell("1", "picture").Locator("img");
        await Expect(image).ToHaveAttributeAsync("alt", "Picture of Rye sourdough");
        await mira.Page.WaitForFunctionAsync("e => e.complete && e.naturalWidth > 0", await image.ElementHandleAsync());
        Assert.Contains("/t/products/1/blob/picture", asked);

        // A picture by its first bytes, as large as one from a camera.
        using var content = new ByteArrayContent([0xFF, 0xD8, 0xFF, .. new byte[3_000_000]]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        using var put = new HttpRequestMessage(HttpMethod.Put, "/api/tables/products/1/picture") { Content = content };
        using var answer = await served.Program.SendAsync(put, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        asked.Clear();
        await mira.OpenAsync(List);
        await Expect(mira.Cell("1", "picture")).ToContainTextAsync("MB JPEG");
        await Expect(mira.Cell("1", "picture").Locator("img")).ToHaveCountAsync(0);
        await mira.OpenAsync("/t/products/1");
        await Expect(mira.Field("picture").Locator("img")).ToHaveCountAsync(0);
        await Expect(mira.Field("picture")).ToContainTextAsync("MB JPEG, download");
        Assert.DoesNotContain("/t/products/1/blob/picture", asked);
    }
}
