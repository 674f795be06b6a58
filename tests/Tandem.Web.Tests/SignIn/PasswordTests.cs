using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Tandem.Access;
using Tandem.Records;
using Tandem.Specification.Leases;
using Tandem.Tables;
using Tandem.Web.SignIn;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Web.Tests.SignIn;

/// <summary>Passwords: choosing, changing, trying, and what wrong ones lead to.</summary>
public sealed class PasswordTests
{
    private const string Password = "a long and quiet evening";
    private readonly StillClock _clock = new();

    private Task<TandemServer> StartAsync(Action<TandemOptions>? configure = null) =>
        TandemServer.StartAsync(configure: configure, services: s => s.AddSingleton<TimeProvider>(_clock));

    private static UserStore Users(TandemServer server) => server.Services.GetRequiredService<UserStore>();

    private static async Task<UserStore> AddAsync(TandemServer server, string name, string? password = Password)
    {
        var users = Users(server);
        Assert.IsType<AccountResult.Done>(await users.Book.AddUserAsync(new NewUser(name, Role.Editor), "administrator", Http.Cancelled));
        if (password is not null)
        {
            Assert.IsType<AccountResult.Done>(await users.Book.SetPasswordAsync(users.FindKnown(name)!, password, name, Http.Cancelled));
        }

        return users;
    }

    [Fact]
    public async Task Password_RightAndWrong_SignsInOrSaysTheSameForAnyName()
    {
        await using var server = await StartAsync();
        await AddAsync(server, "Mia");
        await AddAsync(server, "Ben", password: null);
        using var client = server.Client(null);
        Assert.Equal("/sign-in?error=password&return=%2F&name=Mia", await client.SignInAsync("Mia", "wrong"));
        Assert.Equal("/sign-in?error=password&return=%2F&name=Ben", await client.SignInAsync("Ben", ""));
        Assert.Equal("/sign-in?error=password&return=%2F&name=Nobody", await client.SignInAsync("Nobody", Password));
        Assert.Equal("/sign-in?error=password&return=%2F&name=Mia", await client.SignInAsync("Mia", new string('x', 100_000)));
        await client.SendAsync("GET", "/api/tables").ProblemAsync(401, "sign");
        Assert.Equal("/", await client.SignInAsync("Mia", Password));
        await client.SendAsync("GET", "/api/tables").OkAsync();
    }

    [Fact]
    public async Task Failure_OfAnyName_IsAnsweredNoSoonerThanAnother()
    {
        await using var server = await StartAsync();
        await AddAsync(server, "Mia");
        using var client = server.Client(null);
        await client.SignInAsync("Nobody", "wrong");
        foreach (var name in new[] { "Mia", "Nobody" })
        {
            var begun = Stopwatch.GetTimestamp();
            await client.SignInAsync(name, "wrong");
            // Timers tick coarser than the watch that is held beside them.
            Assert.True(Stopwatch.GetElapsedTime(begun) >= PasswordSignIn.LeastWait - TimeSpan.FromMilliseconds(20));
        }
    }

    [Fact]
    public async Task Password_WrongFiveTimes_LocksForFiveMinutesWhetherTheNameIsKnownOrNot()
    {
        await using var server = await StartAsync();
        await AddAsync(server, "Mia");
        foreach (var name in new[] { "Mia", "Nobody" })
        {
            using var client = server.Client(null);
            for (var i = 0; i < 4; i++)
            {
                Assert.StartsWith("/sign-in?error=password", await client.SignInAsync(name, "wrong"), StringComparison.Ordinal);
            }

            using (var fifth = await client.PostFormAsync("/sign-in", ("name", name), ("password", "wrong")))
            {
                Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromMinutes(5)), (fifth.StatusCode, fifth.Headers.RetryAfter!.Delta));
                Assert.Contains("try again in 5 minutes", await fifth.Content.ReadAsStringAsync(Http.Cancelled), StringComparison.Ordinal);
            }

            Assert.Equal("429", await client.SignInAsync(name, Password));
        }

        _clock.Advance(TimeSpan.FromMinutes(5));
        using var later = server.Client(null);
        Assert.Equal("/", await later.SignInAsync("Mia", Password));
        Assert.StartsWith("/sign-in?error=password", await later.SignInAsync("Nobody", Password), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_FromOneAddress_AreLimitedWhateverTheNames()
    {
        await using var server = await StartAsync(o => o.SignIn.FailuresPerAddress = 3);
        await AddAsync(server, "Mia");
        using var client = server.Client(null);
        for (var i = 0; i < 3; i++)
        {
            // Those that succeed take nothing away.
            Assert.Equal("/", await client.SignInAsync("Mia", Password));
            Assert.StartsWith("/sign-in?error=password", await client.SignInAsync($"Name {i}", "wrong"), StringComparison.Ordinal);
        }

        using (var busy = await client.PostFormAsync("/sign-in", ("name", "Mia"), ("password", Password)))
        {
            Assert.Equal((HttpStatusCode.TooManyRequests, TimeSpan.FromMinutes(1)), (busy.StatusCode, busy.Headers.RetryAfter!.Delta));
        }

        Assert.Equal("429", await client.SignInAsync("", "a token"));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("/", await client.SignInAsync("Mia", Password));
    }

    [Fact]
    public async Task Tries_ForOneAccountAtOnce_AreLimitedBeforeAnyIsLookedAt()
    {
        await using var server = await StartAsync(o => (o.SignIn.FailuresPerAccount, o.SignIn.FailuresPerAddress) = (2, 100));
        await AddAsync(server, "Mia");
        using var client = server.Client(null);
        await client.GetStringAsync("/form", Http.Cancelled);
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => client.SignInAsync("Mia", "wrong")));
        Assert.Equal(2, answers.Count(a => a!.StartsWith("/sign-in?error=password", StringComparison.Ordinal)));
        Assert.Equal(8, answers.Count(a => a == "429"));
    }

    [Theory]
    [InlineData("short", "at least 12")]
    [InlineData("Wilhelmina the Baker", "Your name")]
    [InlineData("password1234", "try first")]
    [InlineData("aaaaaaaaaaaaaaaa", "try first")]
    public async Task Password_EasyToGuess_IsRefusedWithTheRemedy(string password, string says)
    {
        await using var server = await StartAsync();
        var users = await AddAsync(server, "Wilhelmina the Baker", password: null);
        var refused = Assert.IsType<AccountResult.Refused>(await users.Book.SetPasswordAsync(users.FindKnown("Wilhelmina the Baker")!, password, "Wilhelmina", Http.Cancelled));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        var tooLong = Assert.IsType<AccountResult.Refused>(await users.Book.SetPasswordAsync(users.FindKnown("Wilhelmina the Baker")!, new string('x', 64) + new string('y', 65) + "z", "Wilhelmina", Http.Cancelled));
        Assert.Contains("at most 128", tooLong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Password_OfAnyCharacters_IsTakenWhole()
    {
        await using var server = await StartAsync();
        var password = "Grüße 🍞 aus der Backstube " + new string('n', 90) + "1";
        await AddAsync(server, "Mia", password);
        using var client = server.Client(null);
        Assert.StartsWith("/sign-in?error=password", await client.SignInAsync("Mia", password[..^1]), StringComparison.Ordinal);
        Assert.Equal("/", await client.SignInAsync("Mia", password));
    }

    [Theory]
    [InlineData("Mia\0", "/sign-in?error=form")]
    [InlineData("\u0001", "/sign-in?error=password")]
    [InlineData("no such \ufffd name", "/sign-in?error=password")]
    public async Task Name_OfAnyCharacters_IsAWrongOne(string name, string leads)
    {
        await using var server = await StartAsync();
        using var client = server.Client(null);
        Assert.StartsWith(leads, await client.SignInAsync(name, Password), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hash_OfFewerRounds_IsMadeAnewAtTheNextSignIn()
    {
        await using var server = await StartAsync();
        var users = await AddAsync(server, "Mia", password: null);
        var weak = new PasswordHasher<object>(Options.Create(new PasswordHasherOptions { IterationCount = 1000 })).HashPassword(this, Password);
        await users.Book.ChangeUserAsync("Mia", Patch.Of("password_hash", weak), "administrator", Http.Cancelled);
        using var client = server.Client(null);
        Assert.Equal("/", await client.SignInAsync("Mia", Password));
        var now = (await users.Book.ReadUserAsync("Mia", Http.Cancelled))!.PasswordHash!;
        Assert.NotEqual(weak, now);
        Assert.Equal(PasswordVerificationResult.Success, PasswordHashes.Verify(now, Password));
        Assert.Equal("/", await client.SignInAsync("Mia", Password));
    }

    [Fact]
    public async Task Link_ToChooseAPassword_AsksFirstAndEndsOtherSessions()
    {
        await using var server = await StartAsync();
        await AddAsync(server, "Mia");
        using var before = server.Client(null);
        Assert.Equal("/", await before.SignInAsync("Mia", Password));
        using var administrator = server.Client(TandemServer.AdministratorToken);
        var link = (await administrator.SendAsync("POST", "/api/users/Mia/link").OkAsync(HttpStatusCode.Created)).GetProperty("signInLink").GetString()!;

        // Whoever only opens the link, such as a scanner of mails, uses nothing up and signs nobody in.
        using var scanner = server.Client(null);
        using (var opened = await scanner.SendAsync("GET", new Uri(link).PathAndQuery))
        {
            Assert.False(opened.Headers.Contains("Set-Cookie"));
        }

        using var browser = server.Client(null);
        var code = Uri.UnescapeDataString(link.Split("code=")[1]);
        using (var weak = await browser.PostFormAsync("/sign-in", ("code", code), ("password", "short")))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, weak.StatusCode);
        }

        await browser.UseLinkAsync(link, "another quiet evening");
        await browser.SendAsync("GET", "/api/tables").OkAsync();
        await before.SendAsync("GET", "/api/tables").ProblemAsync(401, "sign");
        using var again = await browser.PostFormAsync("/sign-in", ("code", code), ("password", "yet another evening"));
        Assert.Equal("/sign-in?error=link", again.Headers.Location!.OriginalString);
        using var fresh = server.Client(null);
        Assert.StartsWith("/sign-in?error=password", await fresh.SignInAsync("Mia", Password), StringComparison.Ordinal);
        Assert.Equal("/", await fresh.SignInAsync("Mia", "another quiet evening"));
    }

    [Fact]
    public async Task Account_SwitchedOff_SaysSoOnlyToWhomHasThePassword()
    {
        await using var server = await StartAsync();
        var users = await AddAsync(server, "Mia");
        using var client = server.Client(null);
        Assert.Equal("/", await client.SignInAsync("Mia", Password));
        await users.Book.ChangeUserAsync("Mia", Patch.Of("is_disabled", true), "administrator", Http.Cancelled);
        await client.SendAsync("GET", "/api/tables").ProblemAsync(401, "sign");
        Assert.StartsWith("/sign-in?error=password", await client.SignInAsync("Mia", "wrong"), StringComparison.Ordinal);
        Assert.StartsWith("/sign-in?error=disabled", await client.SignInAsync("Mia", Password), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Administrator_NamedByOptions_MayHaveAPasswordToo()
    {
        var database = Shop.Create();
        await using (var server = await TandemServer.StartAsync(database))
        {
            var users = Users(server);
            Assert.IsType<AccountResult.Done>(await users.Book.SetPasswordAsync(users.FindKnown("administrator")!, Password, "administrator", Http.Cancelled));
            await users.Book.ChangeUserAsync("administrator", Patch.Of("role", "viewer"), "administrator", Http.Cancelled);
            Assert.Equal(Role.Administrator, users.Find("administrator")!.Role);
        }

        await using var second = await TandemServer.StartAsync(database);
        using var client = second.Client(null);
        Assert.Equal("/", await client.SignInAsync("administrator", Password));
        await client.SendAsync("GET", "/api/users").OkAsync();
    }

    [Fact]
    public async Task Session_NotUsedForAFortnight_Ends()
    {
        await using var server = await StartAsync();
        await AddAsync(server, "Mia");
        using var client = server.Client(null);
        Assert.Equal("/", await client.SignInAsync("Mia", Password));
        for (var i = 0; i < 3; i++)
        {
            // Every use in its second half begins it anew.
            _clock.Advance(TimeSpan.FromDays(8));
            await client.SendAsync("GET", "/api/tables").OkAsync();
        }

        _clock.Advance(TimeSpan.FromDays(15));
        await client.SendAsync("GET", "/api/tables").ProblemAsync(401, "sign");
    }

    [Fact]
    public async Task Cookie_OfASessionOverHttps_IsSecure()
    {
        await using var server = await TandemServer.StartAsync(services: s => s.AddSingleton<IStartupFilter>(new BehindTls()));
        await AddAsync(server, "Mia");
        using var client = server.Client(null);
        using var answer = await client.PostFormAsync("/sign-in", ("name", "Mia"), ("password", Password));
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("tandem=", StringComparison.Ordinal));
        Assert.All(new[] { "; secure", "; samesite=strict", "; httponly" }, a => Assert.Contains(a, cookie, StringComparison.Ordinal));
    }

    /// <summary>Tells of each request that it came over https, as a proxy's headers would.</summary>
    private sealed class BehindTls : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((HttpContext context, RequestDelegate rest) =>
            {
                context.Request.Scheme = "https";
                return rest(context);
            });
            next(app);
        };
    }

    [Fact]
    public async Task Cookie_GivenBeforeSignIn_IsNotTheSessionAfterIt()
    {
        await using var server = await StartAsync();
        await AddAsync(server, "Mia");
        using var client = server.Client(null);
        async Task<string> CookieAsync()
        {
            using var answer = await client.PostFormAsync("/sign-in", ("name", "Mia"), ("password", Password));
            return answer.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("tandem=", StringComparison.Ordinal)).Split(';')[0];
        }

        var first = await CookieAsync();
        Assert.NotEqual(first, await CookieAsync());
        using var forged = server.Client(null);
        await forged.SendAsync("GET", "/api/tables", headers: ("Cookie", "tandem=planted")).ProblemAsync(401, "sign");
    }
}
