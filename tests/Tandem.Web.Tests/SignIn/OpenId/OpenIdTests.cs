using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Access;
using Tandem.Accounts;
using Tandem.Records;
using Tandem.Specification.Leases;
using Tandem.Web.SignIn;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Web.Tests.SignIn.OpenId;

/// <summary>Sign-in by a provider that really runs: the way there and back, and everything that must not pass.</summary>
public sealed partial class OpenIdTests : IAsyncLifetime
{
    private readonly StillClock _clock = new();
    private readonly ListLog _log = new();
    private TestProvider _provider = null!;
    private OpenIdOptions _options = null!;
    private TandemServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _provider = await TestProvider.StartAsync(_clock);
        _options = new OpenIdOptions { Authority = _provider.Authority, ClientId = TestProvider.ClientId, ClientSecret = TestProvider.Secret };
        _server = await TandemServer.StartAsync(log: _log, configure: o => o.SignIn.OpenId = _options, services: s => s.AddSingleton<TimeProvider>(_clock));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _provider.DisposeAsync();
    }

    private UserStore Users => _server.Services.GetRequiredService<UserStore>();

    private async Task AddAsync(string name, Role role = Role.Viewer) =>
        Assert.IsType<AccountResult.Done>(await Users.Book.AddUserAsync(new NewUser(name, role), "administrator", Http.Cancelled));

    /// <summary>Goes the way there and back.</summary>
    /// <returns>Where it ends.</returns>
    private async Task<string> GoAsync(HttpClient browser, Func<string, string>? change = null, HttpClient? returning = null)
    {
        var there = await LeaveAsync(browser);
        using var elsewhere = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var asked = await elsewhere.GetAsync(there, Http.Cancelled);
        var back = asked.Headers.Location!.PathAndQuery;
        using var answer = await (returning ?? browser).SendAsync("GET", change is null ? back : change(back));
        return answer.StatusCode == HttpStatusCode.OK ? await OnwardAsync(answer) : answer.Headers.Location!.OriginalString;
    }

    private static async Task<string> LeaveAsync(HttpClient browser)
    {
        using var left = await browser.PostFormAsync("/sign-in/openid/start", ("return", "/t/products"));
        Assert.Contains(left.Headers.GetValues("Set-Cookie"), c => c.StartsWith("tandem-openid=", StringComparison.Ordinal) && c.Contains("httponly", StringComparison.Ordinal) && c.Contains("samesite=lax", StringComparison.Ordinal));
        return await OnwardAsync(left);
    }

    private static async Task<string> OnwardAsync(HttpResponseMessage answer) =>
        WebUtility.HtmlDecode(Refresh().Match(await answer.Content.ReadAsStringAsync(Http.Cancelled)).Groups[1].Value);

    private async Task RefusedAsync(string why, string ends = "/sign-in?error=openid", Func<string, string>? change = null)
    {
        using var browser = _server.Client(null);
        Assert.Equal(ends, await GoAsync(browser, change));
        await browser.SendAsync("GET", "/api/tables").ProblemAsync(401, "sign");
        Assert.Contains(_log.Entries, e => e.Contains(why, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("ES256")]
    public async Task Somebody_KnownHere_IsSignedIn(string algorithm)
    {
        await AddAsync("Mia");
        _provider.Algorithm = algorithm;
        using var browser = _server.Client(null);
        Assert.Equal("/t/products", await GoAsync(browser));
        await browser.SendAsync("GET", "/api/tables").OkAsync();
        Assert.Equal($"{_provider.Authority} 1234", Users.FindKnown("Mia")!.ExternalId);
    }

    [Fact]
    public async Task Person_OnceTied_IsKnownByThePersonsIdAlone()
    {
        await AddAsync("Mia");
        using var browser = _server.Client(null);
        Assert.Equal("/t/products", await GoAsync(browser));

        // Renamed at the provider, still the same person.
        _provider.Claims = new JsonObject { ["sub"] = "1234", ["preferred_username"] = "Mia Holm" };
        using var renamed = _server.Client(null);
        Assert.Equal("/t/products", await GoAsync(renamed));

        // Somebody else who took the name is not.
        _provider.Claims = new JsonObject { ["sub"] = "9999", ["preferred_username"] = "Mia" };
        using var other = _server.Client(null);
        Assert.Equal("/sign-in?error=unknown", await GoAsync(other));
        _provider.Claims = new JsonObject { ["sub"] = "9998", ["preferred_username"] = "administrator" };
        Assert.Equal("/sign-in?error=unknown", await GoAsync(other));
    }

    [Fact]
    public async Task Somebody_UnknownHere_GetsAnAccountOnlyWhereThatIsWanted()
    {
        using var browser = _server.Client(null);
        Assert.Equal("/sign-in?error=unknown", await GoAsync(browser));
        Assert.Null(Users.FindKnown("Mia"));
        _options.AddsUnknown = true;
        Assert.Equal("/t/products", await GoAsync(browser));
        Assert.Equal(Role.Member, Users.Find("Mia")!.Role);
        await Users.Book.ChangeUserAsync("Mia", Patch.Of("is_disabled", true), "administrator", Http.Cancelled);
        Assert.Equal("/sign-in?error=unknown", await GoAsync(browser));
    }

    [Fact]
    public async Task Groups_OfTheProvider_AreBroughtUpToDateAtEverySignIn()
    {
        await AddAsync("Mia");
        await Users.Book.AddGroupAsync("own", null, null, "administrator", Http.Cancelled);
        await Users.Book.AddMemberAsync(new Member("own", false, "Mia"), "administrator", Http.Cancelled);
        (_options.Groups["oven-team"], _options.Groups["desk-team"], _options.Roles["chiefs"], _options.Roles["desk-team"]) = ("bakers", "sales", Role.Administrator, Role.Editor);
        _provider.Claims["groups"] = new JsonArray("oven-team", "chiefs", "desk-team", "others");
        using var browser = _server.Client(null);
        await GoAsync(browser);
        Assert.Equal(["bakers", "own", "sales"], Users.Find("Mia")!.Groups);
        Assert.Equal(Role.Administrator, Users.Find("Mia")!.Role);

        _provider.Claims["groups"] = new JsonArray("desk-team");
        await GoAsync(browser);
        Assert.Equal(["own", "sales"], Users.Find("Mia")!.Groups);
        Assert.Equal(Role.Editor, Users.Find("Mia")!.Role);
    }

    [Fact]
    public async Task Answer_OfAnotherState_OrBroughtByAnotherBrowser_IsNone()
    {
        await AddAsync("Mia");
        await RefusedAsync("its state differs", change: back => Regex.Replace(back, "state=[^&]+", "state=another"));
        using var victim = _server.Client(null);
        using var attacker = _server.Client(null);
        Assert.Equal("/sign-in?error=openid", await GoAsync(attacker, returning: victim));
        await victim.SendAsync("GET", "/api/tables").ProblemAsync(401, "sign");
    }

    [Fact]
    public async Task Answer_ThatComesTwice_IsGoodOnce()
    {
        await AddAsync("Mia");
        using var browser = _server.Client(null);
        var back = "";
        Assert.Equal("/t/products", await GoAsync(browser, b => back = b));
        using var again = await browser.SendAsync("GET", back);
        Assert.Equal("/sign-in?error=openid", again.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("nonce", "\"another\"", "nonce differs")]
    [InlineData("nonce", "null", "nonce differs")]
    [InlineData("aud", "\"another\"", "not for 'tandem'")]
    [InlineData("aud", "[\"tandem\",\"another\"]", "not for 'tandem'")]
    [InlineData("azp", "\"another\"", "not for 'tandem'")]
    [InlineData("iss", "\"https://evil.example\"", "comes from 'https://evil.example'")]
    [InlineData("exp", "1000", "has expired")]
    [InlineData("exp", "null", "has expired")]
    [InlineData("iat", "99999999999", "time to come")]
    [InlineData("nbf", "99999999999", "time to come")]
    [InlineData("sub", "\"\"", "names nobody")]
    public async Task Token_WithAWrongClaim_IsRefused(string claim, string value, string why)
    {
        await AddAsync("Mia");
        _provider.Spoil = claims => claims[claim] = JsonNode.Parse(value);
        await RefusedAsync(why);
        _provider.Spoil = _ => { };
        using var browser = _server.Client(null);
        Assert.Equal("/t/products", await GoAsync(browser));
    }

    [Fact]
    public async Task Token_NotSignedByTheProvider_IsRefused()
    {
        await AddAsync("Mia");
        _provider.Sign = TestProvider.SignByStranger;
        await RefusedAsync("signature does not hold");
        _provider.Sign = TestProvider.SignByNobody;
        await RefusedAsync("signed by 'none'");
        _provider.Sign = _provider.SignByPublicKey;
        await RefusedAsync("signed by 'HS256'");
        _provider.Sign = (header, claims) =>
        {
            header["kid"] = "unheard-of";
            return TestProvider.SignByStranger(header, claims);
        };
        await RefusedAsync("none of the provider's");
        _provider.Sign = (header, claims) =>
        {
            // Signed well, and then changed.
            var parts = _provider.SignWell(header, claims).Split('.');
            claims["sub"] = "9999";
            return $"{parts[0]}.{System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(claims.ToJsonString()))}.{parts[2]}";
        };
        await RefusedAsync("signature does not hold");
        _provider.Sign = (_, _) => "not a token";
        await RefusedAsync("no signed id token");
        _provider.Sign = (_, _) => "e30.e30.!!";
        await RefusedAsync("none of the provider's");
    }

    [Fact]
    public async Task Keys_ChangedByTheProvider_AreReadAgainAndNotForEveryStranger()
    {
        await AddAsync("Mia");
        using var browser = _server.Client(null);
        Assert.Equal("/t/products", await GoAsync(browser));
        Assert.Equal(1, _provider.KeysRead);
        _clock.Advance(TimeSpan.FromMinutes(2));
        _provider.KeyId = "second";
        Assert.Equal("/t/products", await GoAsync(browser));
        Assert.Equal(2, _provider.KeysRead);
        _provider.KeyId = "third";
        Assert.Equal("/sign-in?error=openid", await GoAsync(browser));
        Assert.Equal(2, _provider.KeysRead);
    }

    [Fact]
    public async Task Code_ExchangedWithoutTheSecret_IsRefused()
    {
        await AddAsync("Mia");
        _options.ClientSecret = "another";
        await RefusedAsync("answered 400");
    }

    [Fact]
    public async Task Way_NotTaken_IsNotThere()
    {
        await using var plain = await TandemServer.StartAsync();
        using var browser = plain.Client(null);
        using var answer = await browser.PostFormAsync("/sign-in/openid/start");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        using var callback = await browser.SendAsync("GET", "/sign-in/openid?code=x&state=y");
        Assert.Equal(HttpStatusCode.NotFound, callback.StatusCode);
        using var form = new FormUrlEncodedContent([]);
        using var forged = await browser.PostAsync(new Uri(_server.Address, "/sign-in/openid/start"), form, Http.Cancelled);
        Assert.Equal("/sign-in?error=form", forged.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Options_ThatCannotBe_AreAllToldAtTheStart()
    {
        var e = await Assert.ThrowsAsync<ArgumentException>(() => TandemServer.StartAsync(configure: o =>
        {
            o.SignIn.OpenId = new OpenIdOptions { Authority = "http://provider.example", ClientId = " ", Scopes = ["profile"] };
            o.SignIn.Passwords.MinimumLength = 4;
        }));
        Assert.All(new[] { "Authority", "ClientId", "openid", "MinimumLength" }, name => Assert.Contains(name, e.Message, StringComparison.Ordinal));
    }

    [GeneratedRegex("http-equiv=\"refresh\" content=\"0;url=([^\"]+)\"")]
    private static partial Regex Refresh();
}
