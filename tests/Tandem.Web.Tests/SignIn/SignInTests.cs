using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.SignIn;

namespace Tandem.Web.Tests.SignIn;

public sealed class SignInTests
{
    private static readonly (string, string) s_ownPage = ("X-Tandem", "1");

    private static Task<TandemServer> StartAsync(MemoryDatabase? database = null) => TandemServer.StartAsync(database);

    [Fact]
    public async Task Nobody_known_gets_nothing()
    {
        await using var server = await StartAsync();
        using var client = server.Client(null);
        using var response = await client.SendAsync("GET", "/api/tables");
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
        await client.SendAsync("GET", "/api/tables").ProblemAsync(401, "Authorization");
        await client.SendAsync("GET", "/api/no/such").ProblemAsync(401, "Authorization");
        using var stranger = server.Client("wrong");
        await stranger.SendAsync("GET", "/api/tables").ProblemAsync(401, "Authorization");
        using var viewer = server.Client(TandemServer.ViewerToken);
        await viewer.SendAsync("POST", "/api/tables/products", """{"name":"Rye"}""").ProblemAsync(403, "viewer");
    }

    [Fact]
    public async Task A_link_signs_in_once_and_leads_only_to_this_server()
    {
        await using var server = await StartAsync();
        using var client = server.Client(null);
        var code = await server.CodeAsync("administrator");
        using var signedIn = await client.SendAsync("GET", $"/sign-in?code={code}&return=%2Ftables%2Fproducts");
        Assert.Equal(("/tables/products", HttpStatusCode.Redirect), (signedIn.Headers.Location!.OriginalString, signedIn.StatusCode));
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("samesite=strict", cookie, StringComparison.Ordinal);
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        await client.SendAsync("GET", "/api/users").OkAsync();

        using var other = server.Client(null);
        using var again = await other.SendAsync("GET", $"/sign-in?code={code}");
        Assert.Equal("/sign-in?error=link", again.Headers.Location!.OriginalString);
        foreach (var evil in new[] { "//evil.example", "/\\evil.example", "https://evil.example", "javascript:x" })
        {
            using var away = await other.SendAsync("GET", $"/sign-in?code={await server.CodeAsync("editor")}&return={Uri.EscapeDataString(evil)}");
            Assert.Equal("/", away.Headers.Location!.OriginalString);
        }
    }

    [Fact]
    public async Task A_form_signs_in_by_token_and_out_again()
    {
        await using var server = await StartAsync();
        using var client = server.Client(null);
        var form = await client.GetStringAsync("/form", Http.Cancelled);
        async Task<string?> PostAsync(string address, params (string, string)[] fields)
        {
            using var content = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Item1, f.Item2)));
            using var response = await client.PostAsync(address, content, Http.Cancelled);
            return response.Headers.Location?.OriginalString;
        }

        Assert.Equal("/sign-in?error=form", await PostAsync("/sign-in", ("token", TandemServer.EditorToken)));
        Assert.Equal("/sign-in?error=token&return=%2Fhome", await PostAsync("/sign-in", ("token", "wrong"), ("return", "/home"), ("__RequestVerificationToken", form)));
        Assert.Equal("/home", await PostAsync("/sign-in", ("token", TandemServer.EditorToken), ("return", "/home"), ("__RequestVerificationToken", form)));
        await client.SendAsync("GET", "/api/tables").OkAsync();

        form = await client.GetStringAsync("/form", Http.Cancelled);
        Assert.Equal("/sign-in", await PostAsync("/sign-out", ("__RequestVerificationToken", form)));
        await client.SendAsync("GET", "/api/tables").ProblemAsync(401, "sign");
    }

    [Fact]
    public async Task Writes_by_cookie_come_from_own_pages()
    {
        await using var server = await StartAsync();
        using var client = server.Client(null);
        using var signedIn = await client.SendAsync("GET", $"/sign-in?code={await server.CodeAsync("editor")}");
        const string Body = """{"name":"Rye"}""";
        await client.SendAsync("POST", "/api/tables/products", Body).ProblemAsync(403, "X-Tandem");
        await client.SendAsync("POST", "/api/tables/products", Body, headers: [s_ownPage, ("Origin", "https://evil.example")]).ProblemAsync(403, "own pages");
        await client.SendAsync("POST", "/api/tables/products", Body, headers: [s_ownPage, ("Sec-Fetch-Site", "cross-site")]).ProblemAsync(403, "own pages");
        await client.SendAsync("POST", "/api/tables/products", Body, headers: [s_ownPage, ("Sec-Fetch-Site", "same-origin"), ("Origin", server.Address.GetLeftPart(UriPartial.Authority))]).OkAsync(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Invited_users_work_until_they_are_removed()
    {
        await using var server = await StartAsync();
        using var administrator = server.Client(TandemServer.AdministratorToken);
        var invited = await administrator.SendAsync("POST", "/api/users", """{"name":"Mia","role":"editor"}""").OkAsync(HttpStatusCode.Created);
        await administrator.SendAsync("POST", "/api/users", """{"name":"Mia","role":"viewer"}""").ProblemAsync(422, "already");
        await administrator.SendAsync("POST", "/api/users", """{"name":"","role":"viewer"}""").ProblemAsync(422, "name");
        await administrator.SendAsync("POST", "/api/users", """{"name":"Ben","role":"boss"}""").ProblemAsync(422, "role");

        using var mia = server.Client(invited.GetProperty("token").GetString());
        await mia.SendAsync("POST", "/api/tables/products", """{"name":"Rye"}""").OkAsync(HttpStatusCode.Created);
        using var browser = server.Client(null);
        await browser.UseLinkAsync(invited.GetProperty("signInLink").GetString()!);
        await browser.SendAsync("GET", "/api/tables").OkAsync();

        var (store, heard) = (server.Services.GetRequiredService<UserStore>(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        store.Changed += _ => heard.TrySetResult();
        var demotion = new Write.Update(new RecordKey("Mia"), Patch.Of("role", "viewer"), Guard.None, new WriteContext("administrator"));
        Assert.IsType<WriteResult.Written>(await server.Tandem.Database.FindSystem(SystemTables.UsersName)!.WriteAsync(demotion, Http.Cancelled));
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(5), Http.Cancelled);
        await mia.SendAsync("POST", "/api/tables/products", """{"name":"Rye 2"}""").ProblemAsync(403, "viewer");

        using var removed = await administrator.SendAsync("DELETE", "/api/users/Mia");
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        await mia.SendAsync("GET", "/api/tables").ProblemAsync(401, "sign");
        await browser.SendAsync("GET", "/api/tables").ProblemAsync(401, "sign");
        await administrator.SendAsync("DELETE", "/api/users/Mia").ProblemAsync(404, "Mia");
        await administrator.SendAsync("DELETE", "/api/users/editor").ProblemAsync(403, "options");

        // Another person of the same name does not wake the old cookie.
        await administrator.SendAsync("POST", "/api/users", """{"name":"Mia","role":"editor"}""").OkAsync(HttpStatusCode.Created);
        await browser.SendAsync("GET", "/api/tables").ProblemAsync(401, "sign");
        var list = (await administrator.SendAsync("GET", "/api/users").OkAsync()).GetProperty("value");
        Assert.Equal(["administrator", "editor", "viewer", "Mia"], list.EnumerateArray().Select(u => u.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_link_ends_with_its_user_even_when_another_takes_the_name()
    {
        await using var server = await StartAsync();
        using var administrator = server.Client(TandemServer.AdministratorToken);
        await administrator.SendAsync("POST", "/api/users", """{"name":"Mia","role":"editor"}""").OkAsync(HttpStatusCode.Created);
        var (store, gone) = (server.Services.GetRequiredService<UserStore>(), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var left = await server.CodeAsync("Mia");
        store.Changed += _ => gone.TrySetResult();

        // As another node removes somebody: the store hears of it by the feed alone.
        await server.Tandem.Database.FindSystem(SystemTables.UsersName)!.WriteAsync(new Write.Delete(new RecordKey("Mia"), Guard.None, new WriteContext("administrator")), Http.Cancelled);
        await gone.Task.WaitAsync(TimeSpan.FromSeconds(5), Http.Cancelled);
        using var browser = server.Client(null);
        using var early = await browser.SendAsync("GET", $"/sign-in?code={left}");
        Assert.Equal("/sign-in?error=link", early.Headers.Location!.OriginalString);

        await administrator.SendAsync("POST", "/api/users", """{"name":"Mia","role":"administrator"}""").OkAsync(HttpStatusCode.Created);
        using var late = await browser.SendAsync("GET", $"/sign-in?code={left}");
        Assert.Equal("/sign-in?error=link", late.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Nodes_on_one_database_share_cookies_and_hear_of_removals()
    {
        var database = Shop.Create();
        await using var first = await StartAsync(database);
        await using var second = await StartAsync(database);
        using var client = first.Client(null);
        using var signedIn = await client.SendAsync("GET", $"/sign-in?code={await first.CodeAsync("editor")}");
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        using var onSecond = second.Client(null);
        await onSecond.SendAsync("GET", "/api/tables", headers: ("Cookie", cookie)).OkAsync();

        using var administrator = first.Client(TandemServer.AdministratorToken);
        var store = second.Services.GetRequiredService<UserStore>();
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Changed += name => heard.TrySetResult(name);
        var invited = await administrator.SendAsync("POST", "/api/users", """{"name":"Mia","role":"editor"}""").OkAsync(HttpStatusCode.Created);
        Assert.Equal("Mia", await heard.Task.WaitAsync(TimeSpan.FromSeconds(5), Http.Cancelled));
        using var mia = second.Client(invited.GetProperty("token").GetString());
        await mia.SendAsync("GET", "/api/tables").OkAsync();
        Assert.DoesNotContain("token_digest", (await administrator.SendAsync("GET", "/api/tables/tandem_users/Mia").OkAsync()).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_carries_the_security_headers()
    {
        await using var server = await StartAsync();
        using var client = server.Client(null);
        foreach (var address in new[] { "/form", "/api/tables", "/nowhere" })
        {
            using var response = await client.SendAsync("GET", address);
            var policy = response.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'self'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe-inline", policy, StringComparison.Ordinal);
            Assert.Equal("same-origin", response.Headers.GetValues("Referrer-Policy").Single());
        }
    }

    [Fact]
    public void The_database_is_asked_for_only_after_the_start()
    {
        var services = new ServiceCollection().AddLogging();
        services.AddTandem(o => o.UseMemory());
        services.AddTandem(o => o.Title = "Twice");
        var app = services.BuildServiceProvider().GetRequiredService<TandemApp>();
        Assert.Equal("Twice", app.Options.Title);
        Assert.Contains("Start the host", Assert.Throws<InvalidOperationException>(() => app.Database).Message, StringComparison.Ordinal);
    }
}
