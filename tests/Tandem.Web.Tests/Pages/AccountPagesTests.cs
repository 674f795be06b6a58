using System.Net;
using AngleSharp;
using AngleSharp.Html.Dom;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Access;
using Tandem.Accounts;
using Tandem.Admin;
using Tandem.Web.SignIn;
using Tandem.Web.SignIn.Accounts;
using Tandem.Web.Tests.SignIn;

namespace Tandem.Web.Tests.Pages;

/// <summary>The pages of accounts without any script: who may see them, what they refuse, what they show once.</summary>
public sealed class AccountPagesTests
{
    private const string Password = "a long and quiet evening";

    private static Task<TandemServer> StartAsync(Action<TandemOptions>? configure = null) => TandemServer.StartAsync(map: app => app.MapTandemPages(), configure: configure);

    private static async Task<HttpClient> SignedInAsync(TandemServer server, string name)
    {
        var client = server.Client(null);
        using var signedIn = await client.SendAsync("GET", $"/sign-in?code={await server.CodeAsync(name)}");
        Assert.Equal("/", signedIn.Headers.Location!.OriginalString);
        return client;
    }

    private static async Task<(HttpStatusCode Status, string Text)> DoAsync(HttpClient client, string address, params (string, string)[] fields)
    {
        using var answer = await client.PostFormAsync(address, fields);
        return (answer.StatusCode, await TextAsync(answer));
    }

    private static async Task<string> TextAsync(HttpResponseMessage answer) => WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync(Http.Cancelled));

    [Theory]
    [InlineData("/people")]
    [InlineData("/people/administrator")]
    [InlineData("/groups/bakers")]
    public async Task Pages_OfAccounts_AreForAdministrators(string address)
    {
        await using var server = await StartAsync();
        using var editor = await SignedInAsync(server, "editor");
        using var page = await editor.SendAsync("GET", address);
        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await DoAsync(editor, address, ("do", "remove"), ("name", "x"), ("role", "editor"))).Status);
        using var stranger = server.Client(null);
        using var sent = await stranger.SendAsync("GET", address);
        Assert.StartsWith("/sign-in?return=", sent.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/people")]
    [InlineData("/people/groups")]
    [InlineData("/people/editor")]
    [InlineData("/groups/bakers")]
    [InlineData("/account")]
    public async Task Forms_SentByAnotherSite_AreRefused(string address)
    {
        await using var server = await StartAsync();
        using var administrator = await SignedInAsync(server, "administrator");
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("do", "sign-out"), KeyValuePair.Create("name", "evil"), KeyValuePair.Create("role", "administrator")]);
        using var answer = await administrator.PostAsync(address, form, Http.Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Null(server.Services.GetRequiredService<UserStore>().FindKnown("evil"));
    }

    [Fact]
    public async Task Link_ThatWasSent_ShowsAPageAndIsNotUsedUp()
    {
        await using var server = await StartAsync();
        var users = server.Services.GetRequiredService<UserStore>();
        await users.Book.AddUserAsync(new NewUser("Mia", Role.Editor), "administrator", Http.Cancelled);
        foreach (var (purpose, heading, isRequired) in new[] { (LinkPurpose.SignIn, "Welcome, Mia", false), (LinkPurpose.Password, "Choose a password", true) })
        {
            var code = await users.Book.AddLinkAsync(users.FindKnown("Mia")!, purpose, "administrator", Http.Cancelled);
            using var client = server.Client(null);
            for (var i = 0; i < 2; i++)
            {
                using var page = await client.SendAsync("GET", $"/sign-in?code={code}");
                Assert.Equal(HttpStatusCode.OK, page.StatusCode);
                var html = await page.Content.ReadAsStringAsync(Http.Cancelled);
                var document = (IHtmlDocument)await BrowsingContext.New(Configuration.Default).OpenAsync(r => r.Content(html), Http.Cancelled);
                Assert.Equal(heading, document.QuerySelector("h1")!.TextContent);
                Assert.Equal(isRequired, document.QuerySelector("#password")!.HasAttribute("required"));
                Assert.Equal(code, document.QuerySelector("[name=code]")!.GetAttribute("value"));
            }

            var weak = await DoAsync(client, "/sign-in", ("code", code), ("password", "short"));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, weak.Status);
            Assert.Contains("at least 12", weak.Text, StringComparison.Ordinal);
            await client.UseLinkAsync($"http://here/sign-in?code={code}", Password);
            using var gone = await client.SendAsync("GET", $"/sign-in?code={code}");
            Assert.Equal("/sign-in?error=link", gone.Headers.Location!.OriginalString);
        }
    }

    [Fact]
    public async Task Administrator_WhoWouldShutOutOneself_IsRefused()
    {
        await using var server = await StartAsync();
        var users = server.Services.GetRequiredService<UserStore>();
        await users.Book.AddUserAsync(new NewUser("Mia", Role.Administrator), "administrator", Http.Cancelled);
        using var mia = await SignedInAsync(server, "Mia");
        Assert.Contains("cannot shut yourself out", (await DoAsync(mia, "/people/Mia", ("do", "save"), ("role", "viewer"), ("may_use_api", "true"))).Text, StringComparison.Ordinal);
        Assert.Contains("cannot remove yourself", (await DoAsync(mia, "/people/Mia", ("do", "remove"))).Text, StringComparison.Ordinal);
        Assert.Contains("named by the server's options", (await DoAsync(mia, "/people/administrator", ("do", "save"), ("role", "viewer"))).Text, StringComparison.Ordinal);
        Assert.Contains("cannot be done", (await DoAsync(mia, "/people/administrator", ("do", "remove"))).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await DoAsync(mia, "/people/Nobody", ("do", "remove"))).Status);
        Assert.Contains("a circle is not possible", (await InCircleAsync(users, mia)).Text, StringComparison.Ordinal);
        Assert.Contains("nobody named 'Nobody'", (await DoAsync(mia, "/groups/a", ("do", "add"), ("kind", "user"), ("member", "Nobody"))).Text, StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode Status, string Text)> InCircleAsync(UserStore users, HttpClient mia)
    {
        await users.Book.AddGroupAsync("a", null, null, "administrator", Http.Cancelled);
        await users.Book.AddGroupAsync("b", null, null, "administrator", Http.Cancelled);
        Assert.Equal(HttpStatusCode.Redirect, (await DoAsync(mia, "/groups/a", ("do", "add"), ("kind", "group"), ("member", "b"))).Status);
        return await DoAsync(mia, "/groups/b", ("do", "add"), ("kind", "group"), ("member", "a"));
    }

    [Fact]
    public async Task Secrets_ShownOnce_AreNowhereElse()
    {
        await using var server = await StartAsync();
        using var administrator = await SignedInAsync(server, "administrator");
        var made = await DoAsync(administrator, "/people", ("name", "Robot / 1"), ("kind", "service"), ("role", "viewer"));
        var token = System.Text.RegularExpressions.Regex.Match(made.Text, "<code class=\"secret\">([^<]+)</code>").Groups[1].Value;
        using var robot = server.Client(token);
        await robot.SendAsync("GET", "/api/tables").OkAsync();
        foreach (var address in new[] { "/people", "/people/Robot%20%2F%201", "/t/tandem_tokens", "/t/tandem_users" })
        {
            using var page = await administrator.SendAsync("GET", address);
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
            var text = await TextAsync(page);
            Assert.DoesNotContain(token, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Tokens.DigestOf(token), text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Account_AskedToChangeByAToken_StaysAsItIs()
    {
        await using var server = await StartAsync();
        using var program = server.Client(TandemServer.EditorToken);
        using var page = await program.SendAsync("GET", "/account");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await DoAsync(program, "/account", ("do", "token"), ("token_name", "more"))).Status);
        Assert.Empty(server.Services.GetRequiredService<UserStore>().TokensOf("editor"));
    }

    [Fact]
    public async Task OwnTokens_SwitchedOff_CannotBeMade()
    {
        await using var server = await StartAsync(o => o.SignIn.OwnTokens = false);
        using var editor = await SignedInAsync(server, "editor");
        using var page = await editor.SendAsync("GET", "/account");
        Assert.DoesNotContain("Make a token", await TextAsync(page), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await DoAsync(editor, "/account", ("do", "token"), ("token_name", "more"))).Status);
    }

    [Fact]
    public async Task OldPassword_Guessed_LocksLikeSignIn()
    {
        await using var server = await StartAsync();
        var users = server.Services.GetRequiredService<UserStore>();
        await users.Book.AddUserAsync(new NewUser("Mia", Role.Editor), "administrator", Http.Cancelled);
        await users.Book.SetPasswordAsync(users.FindKnown("Mia")!, Password, "Mia", Http.Cancelled);
        using var mia = await SignedInAsync(server, "Mia");
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await DoAsync(mia, "/account", ("do", "password"), ("old", "wrong"), ("new", "another quiet evening"))).Status);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, (await DoAsync(mia, "/account", ("do", "password"), ("old", "wrong"), ("new", "another quiet evening"))).Status);
        Assert.Equal(HttpStatusCode.TooManyRequests, (await DoAsync(mia, "/account", ("do", "password"), ("old", Password), ("new", "another quiet evening"))).Status);
        Assert.IsType<PasswordCheck.Locked>(await users.Book.CheckPasswordAsync("Mia", Password, Http.Cancelled));
    }

    [Fact]
    public async Task Provider_Configured_HasAButtonOnTheSignInPage()
    {
        await using var server = await StartAsync(o => o.SignIn.OpenId = new OpenIdOptions { Authority = "https://provider.example", ClientId = "tandem", Label = "Bakery & Co" });
        using var client = server.Client(null);
        using var page = await client.SendAsync("GET", "/sign-in");
        Assert.Contains("Continue with Bakery & Co", await TextAsync(page), StringComparison.Ordinal);
        await using var plain = await StartAsync();
        using var without = await plain.Client(null).SendAsync("GET", "/sign-in");
        Assert.DoesNotContain("Continue with", await TextAsync(without), StringComparison.Ordinal);
    }
}
