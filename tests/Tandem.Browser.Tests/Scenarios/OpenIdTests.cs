using System.Text.Json.Nodes;
using Tandem.Browser.Tests.Running;
using Tandem.Web.Tests.SignIn.OpenId;

namespace Tandem.Browser.Tests.Scenarios;

/// <summary>Sign-in by a provider on another site, with all that browsers hold against that: strict cookies and the pages' own policy.</summary>
public sealed class OpenIdTests(Stage stage) : Scenario(stage)
{
    // A person of the other scenarios may not leave the server's own address; this one must.
    private readonly Stage _stage = stage;

    [Fact]
    public async Task Person_KnownToTheProvider_IsSignedInAndStaysSo()
    {
        await using var provider = await TestProvider.StartAsync(TimeProvider.System);
        // To a browser localhost is another site than 127.0.0.1.
        provider.Authority = provider.Authority.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        provider.Claims = new JsonObject { ["sub"] = "42", ["preferred_username"] = "Nora Lind", ["groups"] = new JsonArray("oven-team") };
        var served = await OwnAsync(Data.Bakery, Store.Sqlite, new Dictionary<string, string>
        {
            ["TANDEM_OPENID_AUTHORITY"] = provider.Authority,
            ["TANDEM_OPENID_CLIENT_ID"] = TestProvider.ClientId,
            ["TANDEM_OPENID_CLIENT_SECRET"] = TestProvider.Secret,
            ["TANDEM_OPENID_LABEL"] = "the bakery's account",
            ["TANDEM_OPENID_ADD_UNKNOWN"] = "1",
            ["TANDEM_OPENID_GROUPS"] = "oven-team=bakers",
            ["TANDEM_OPENID_ROLES"] = "oven-team=editor",
        });
        var browser = await _stage.BrowserAsync();
        await using var context = await browser.NewContextAsync();
        var page = await context.NewPageAsync();
        var visited = new List<string>();
        page.FrameNavigated += (_, frame) => visited.Add(frame.Url);
        await page.GotoAsync(new Uri(served.Address, "/t/products").ToString());
        await page.GetByRole(AriaRole.Button, new() { Name = "Continue with the bakery's account" }).ClickAsync();
        await Expect(page.GetByLabel("Menu of Nora Lind")).ToBeVisibleAsync();
        Assert.EndsWith("/t/products", page.Url, StringComparison.Ordinal);
        Assert.Contains(visited, v => v.Contains("/sign-in/openid?code=", StringComparison.Ordinal));
        await page.GotoAsync(new Uri(served.Address, "/account").ToString());
        await Expect(page.Locator(".head")).ToContainTextAsync("Nora Lind, editor, in bakers.");
    }
}
