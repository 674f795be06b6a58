using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Access;
using Tandem.Admin;
using Tandem.Web.SignIn;

namespace Tandem.Web.Tests.SignIn;

/// <summary>An application with an authentication of its own, whose principals Tandem takes as they are mapped.</summary>
public sealed class BroughtTests
{
    private const string Scheme = "The application's";

    private static Task<TandemServer> StartAsync() => TandemServer.StartAsync(
        map: app =>
        {
            app.MapGet("/login/{name}/{groups}", (HttpContext context, string name, string groups) => context.SignInAsync(new ClaimsPrincipal(new ClaimsIdentity(
                [new Claim(ClaimTypes.Name, name), .. groups.Split(',').Select(g => new Claim(ClaimTypes.Role, g))], Scheme))));
            app.MapTandemPages();
        },
        configure: options => options.SignIn.FromPrincipal = principal => principal.Identity?.Name is not { } name || name == "guest" ? null
            : new User(name, principal.IsInRole("chiefs") ? Role.Administrator : principal.IsInRole("staff") ? Role.Editor : Role.Member)
            {
                Groups = [.. principal.FindAll(ClaimTypes.Role).Select(c => c.Value)],
            },
        services: services => services.AddAuthentication(Scheme).AddCookie(Scheme, o => o.LoginPath = "/login"));

    [Fact]
    public async Task Principal_OfTheApplication_IsTheUserItIsMappedTo()
    {
        await using var server = await StartAsync();
        using var client = server.Client(null);
        await client.SendAsync("GET", "/api/tables").ProblemAsync(401, "sign");
        using var signedIn = await client.SendAsync("GET", "/login/Ann/staff,bakers");
        await client.SendAsync("GET", "/api/tables/products").OkAsync();
        using var page = await client.SendAsync("GET", "/t/products");
        Assert.Contains("Menu of Ann", await page.Content.ReadAsStringAsync(Http.Cancelled), StringComparison.Ordinal);
        await client.SendAsync("GET", "/api/users").ProblemAsync(403, "administrator");

        var (users, changed) = (server.Services.GetRequiredService<UserStore>(), new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously));
        Assert.Equal(["bakers", "staff"], users.Find("Ann")!.Groups);
        users.Changed += changed.SetResult;
        using var promoted = await client.SendAsync("GET", "/login/Ann/chiefs");
        await client.SendAsync("GET", "/api/users").OkAsync();
        Assert.Equal("Ann", await changed.Task.WaitAsync(TimeSpan.FromSeconds(5), Http.Cancelled));
        Assert.Equal(Role.Administrator, users.Find("Ann")!.Role);
    }

    [Fact]
    public async Task Principal_MappedToNobody_IsNobody()
    {
        await using var server = await StartAsync();
        using var client = server.Client(null);
        using var signedIn = await client.SendAsync("GET", "/login/guest/staff");
        await client.SendAsync("GET", "/api/tables").ProblemAsync(401, "sign");
    }

    [Fact]
    public async Task SignIn_OfTandem_IsOffBesideTheApplications()
    {
        await using var server = await StartAsync();
        using var client = server.Client(null);
        using (var page = await client.SendAsync("GET", "/t/products"))
        {
            Assert.Equal((HttpStatusCode.Redirect, "/login"), (page.StatusCode, new Uri(page.Headers.Location!.OriginalString).AbsolutePath));
        }

        using (var signIn = await client.SendAsync("GET", "/sign-in"))
        {
            Assert.Equal("/login", new Uri(signIn.Headers.Location!.OriginalString).AbsolutePath);
        }

        using (var form = await client.PostFormAsync("/sign-in", ("token", TandemServer.AdministratorToken)))
        {
            Assert.Equal(HttpStatusCode.NotFound, form.StatusCode);
        }

        using var program = server.Client(TandemServer.AdministratorToken);
        await program.SendAsync("GET", "/api/tables").ProblemAsync(401, "sign");
        Assert.Empty(server.Services.GetRequiredService<UserStore>().List());
        using var signedIn = await client.SendAsync("GET", "/login/Ann/staff");
        using var account = await client.SendAsync("GET", "/account");
        Assert.Equal(HttpStatusCode.NotFound, account.StatusCode);
    }

    [Fact]
    public async Task Writes_ByTheApplicationsCookie_ComeFromOwnPages()
    {
        await using var server = await StartAsync();
        using var client = server.Client(null);
        using var signedIn = await client.SendAsync("GET", "/login/Ann/staff");
        await client.SendAsync("POST", "/api/tables/products", """{"name":"Rye"}""").ProblemAsync(403, "X-Tandem");
        await client.SendAsync("POST", "/api/tables/products", """{"name":"Rye"}""", headers: ("X-Tandem", "1")).OkAsync(HttpStatusCode.Created);
    }
}
