using System.Net;
using System.Text.RegularExpressions;
using Tandem.Admin;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Web.Tests.Access;

/// <summary>Every endpoint asks the one decision function: with one that says no to everything, none answers with anything.</summary>
public sealed partial class EveryWayInTests
{
    private const string Secret = "Kestrel-Loaf-7741";

    /// <summary>Answers of success although everything is denied, and why each gives nothing away.</summary>
    private static readonly Dictionary<string, string> s_open = new()
    {
        ["GET /sign-in"] = "whoever is not signed in must get in",
        ["POST /sign-in"] = "asks for a token, which is its own proof",
        ["POST /sign-out"] = "ends the caller's own session",
        ["GET /form"] = "the test server's own, which gives tokens for forms",
        ["GET /account"] = "the caller's own account: password, tokens, sessions",
        ["GET /_tandem/{hash}/{file}"] = "scripts and styles, the same for everybody",
        ["GET /_tandem/{file}"] = "scripts and styles, the same for everybody",
        ["POST /_tandem/live/negotiate"] = "the hub decides for each part that is registered",
        ["GET /"] = "a frame that lists only tables that may be seen: here none",
        ["GET /views"] = "the caller's own saved views of tables that may be seen: here none",
        ["GET /api/tables"] = "lists only tables that may be seen: here none",
        ["GET /api/openapi.json"] = "describes only tables that may be seen: here none",
        ["GET /api/docs/tandem.js"] = "a script, the same for everybody who is signed in",
        ["GET /api/docs/{**path}"] = "the page to try the API, the same for everybody who is signed in",
        ["GET /api/changes"] = "a stream of changes of tables that may be seen: here none",
    };

    /// <summary>What is refused without the decision function, because there is nothing to decide about.</summary>
    private static readonly Dictionary<string, string> s_undecided = new()
    {
        ["POST /view-as/stop"] = "ends the caller's own looking through another's eyes",
        ["GET /api/explain"] = "without a table there is nothing to explain",
        ["GET /_tandem/live"] = "the hub, which EveryHubMethodTests asks",
        ["PUT /_tandem/live"] = "the hub, which takes no such method",
        ["PATCH /_tandem/live"] = "the hub, which takes no such method",
        ["DELETE /_tandem/live"] = "the hub, which ends the caller's own connection",
        ["POST /_tandem/live"] = "the hub, which EveryHubMethodTests asks",
    };

    [Fact]
    public async Task Endpoint_SignedInAndEverythingDenied_AsksAndGivesNothing()
    {
        await using var server = await StartAsync();
        var ways = await WaysIn.OfAsync(server);
        Assert.True(ways.Count > 40, $"Only {ways.Count} ways in were found.");
        var access = new DenyAll();
        server.Tandem.Open(server.Tandem.Database, access);
        using var client = server.Client(TandemServer.AdministratorToken);
        var form = await TokenAsync(client);
        List<string> faults = [];
        foreach (var way in ways)
        {
            access.Take();
            using var response = await AskAsync(client, way, form);
            var isOpen = s_open.ContainsKey(way.Name);
            if (!isOpen && (int)response.StatusCode is < 300 or >= 500)
            {
                faults.Add($"{way.Name} answers {(int)response.StatusCode}");
            }

            if (!isOpen && !s_undecided.ContainsKey(way.Name) && response.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed) && access.Take().Count == 0)
            {
                faults.Add($"{way.Name} answers {(int)response.StatusCode} and asked nobody");
            }

            await LookAsync(way, response, faults);
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        Assert.All(s_open.Keys.Concat(s_undecided.Keys), name => Assert.Contains(ways, w => w.Name == name));
        await UntouchedAsync(server);
    }

    [Fact]
    public async Task Endpoint_NobodySignedIn_GivesNothing()
    {
        await using var server = await StartAsync();
        var ways = await WaysIn.OfAsync(server);
        using var client = server.Client(null);
        List<string> faults = [];
        foreach (var way in ways)
        {
            using var response = await AskAsync(client, way, null);
            var isForAll = way.Pattern is "/sign-in" or "/sign-out" or "/form" || way.Pattern.StartsWith("/_tandem/", StringComparison.Ordinal);
            var isRefused = (int)response.StatusCode is 401 or 403 or 404 or 405
                || ((int)response.StatusCode is 302 && response.Headers.Location!.OriginalString.Contains("/sign-in", StringComparison.Ordinal));
            if (!isForAll && !isRefused)
            {
                faults.Add($"{way.Name} answers {(int)response.StatusCode} {response.Headers.Location}");
            }

            await LookAsync(way, response, faults);
        }

        Assert.True(faults.Count == 0, string.Join('\n', faults));
        await UntouchedAsync(server);
    }

    private static async Task<HttpResponseMessage> AskAsync(HttpClient client, WayIn way, string? form)
    {
        var isApi = way.Pattern.StartsWith("/api", StringComparison.Ordinal);
        return way.Method == "GET" ? await client.SendAsync("GET", way.Address)
            : isApi ? await client.SendAsync(
                way.Method, way.Address, Body(way.Pattern), way.Method == "PATCH" ? "application/merge-patch+json" : "application/json", ("X-Tandem", "1"), ("If-Match", "*"))
            : await client.SendAsync(
                way.Method, way.Address, form is null ? "v.name=Mine" : $"__RequestVerificationToken={Uri.EscapeDataString(form)}&v.name=Mine&name=Mine&do=start&table=products", "application/x-www-form-urlencoded");
    }

    /// <summary>What would be taken if it were allowed.</summary>
    private static string Body(string pattern) => pattern switch
    {
        "/api/units" => """{"writes":[{"table":"products","key":"1","set":{"name":"Mine"},"base":{"name":"x"}}]}""",
        "/api/hints/_/_" => """{"values":{"price":"2"}}""",
        "/api/units/undo" => """{"operation":"anything"}""",
        "/api/users" => """{"name":"Mine","role":"editor"}""",
        _ when pattern.EndsWith("/revert", StringComparison.Ordinal) => """{"sequence":1}""",
        _ => """{"name":"Mine"}""",
    };

    /// <summary>Whatever the status, no answer holds a record or names a field that was not asked for.</summary>
    private static async Task LookAsync(WayIn way, HttpResponseMessage response, List<string> faults)
    {
        if (response.Content.Headers.ContentType?.MediaType is "text/event-stream" or "text/javascript" or "text/css" || way.Pattern.StartsWith("/_tandem/", StringComparison.Ordinal))
        {
            return;
        }

        var text = await response.Content.ReadAsStringAsync(Http.Cancelled);
        if (text.Contains(Secret, StringComparison.Ordinal) || text.Contains("made_at", StringComparison.Ordinal) || text.Contains("Made at", StringComparison.Ordinal))
        {
            faults.Add($"{way.Name} answers {(int)response.StatusCode} and gives the record or its shape away");
        }
    }

    private static async Task UntouchedAsync(TandemServer server)
    {
        var page = await server.Tandem.Database.Find("products")!.QueryAsync(new Querying.Query(), Http.Cancelled);
        Assert.Equal(Secret, Assert.Single(page.Records)["name"]);
    }

    /// <summary>The frame of a page carries the token that forms need, so that no form is refused for want of one.</summary>
    private static async Task<string> TokenAsync(HttpClient client)
    {
        using var home = await client.SendAsync("GET", "/");
        var found = FormToken().Match(await home.Content.ReadAsStringAsync(Http.Cancelled));
        Assert.True(found.Success, "The home page holds no form.");
        return WebUtility.HtmlDecode(found.Groups[1].Value);
    }

    private static async Task<TandemServer> StartAsync()
    {
        var shop = Shop.Create();
        await shop.Find("products")!.WriteAsync(
            new Write.Insert(new Patch([new("name", Secret), new("price", 1m), new("picture", new byte[] { 1, 2, 3 })]), new WriteContext("Ana")), Http.Cancelled);
        return await TandemServer.StartAsync(shop, map: app => app.MapTandemPages());
    }

    [GeneratedRegex("""name="__RequestVerificationToken"[^>]*value="([^"]+)""", RegexOptions.CultureInvariant)]
    private static partial Regex FormToken();
}
