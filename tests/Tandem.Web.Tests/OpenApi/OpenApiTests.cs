using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Access;
using Tandem.Web.SignIn;

namespace Tandem.Web.Tests.OpenApi;

public sealed partial class OpenApiTests
{
    [Theory]
    [InlineData(TandemServer.AdministratorToken)]
    [InlineData(TandemServer.ViewerToken)]
    public async Task The_description_is_whole(string token)
    {
        await using var server = await TandemServer.StartAsync();
        using var client = server.Client(token);
        var document = JsonNode.Parse(await client.GetStringAsync("/api/openapi.json", Http.Cancelled))!.AsObject();
        Assert.Equal("3.1.0", document["openapi"]!.GetValue<string>());

        List<JsonObject> all = [];
        Collect(document, all);
        Assert.All(all.Where(o => o["$ref"] is JsonValue), o => Assert.NotNull(Resolve(document, o["$ref"]!.GetValue<string>())));
        Assert.All(document["components"]!["schemas"]!.AsObject(), s => Assert.Matches("^[a-zA-Z0-9._-]+$", s.Key));

        HashSet<string> ids = [];
        foreach (var (path, methods) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in methods!.AsObject())
            {
                Assert.True(ids.Add(operation!["operationId"]!.GetValue<string>()), $"{method} {path}");
                Assert.NotEmpty(operation["responses"]!.AsObject());
                var declared = (operation["parameters"]?.AsArray() ?? []).Select(p => Target(document, p!)).Where(p => p["in"]!.GetValue<string>() == "path").Select(p => p["name"]!.GetValue<string>());
                Assert.Equal(Template().Matches(path).Select(m => m.Groups[1].Value), declared);
            }
        }
    }

    [Fact]
    public async Task It_tells_only_what_the_reader_may_do()
    {
        await using var server = await TandemServer.StartAsync();
        using var viewer = server.Client(TandemServer.ViewerToken);
        using var editor = server.Client();
        var seen = JsonNode.Parse(await viewer.GetStringAsync("/api/openapi.json", Http.Cancelled))!["paths"]!.AsObject();
        var edited = JsonNode.Parse(await editor.GetStringAsync("/api/openapi.json", Http.Cancelled))!["paths"]!.AsObject();
        Assert.Null(seen["/api/tables/products"]!["post"]);
        Assert.NotNull(edited["/api/tables/products"]!["post"]);
        Assert.NotNull(edited["/api/tables/products/{key}/picture"]!["put"]);
        Assert.Null(edited["/api/tables/totals"]!["post"]);
        Assert.False(edited.ContainsKey("/api/tables/tandem_users"));
        Assert.False(edited.ContainsKey("/api/users"));
        Assert.DoesNotContain("\"secret\"", edited.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_to_try_it_is_for_those_signed_in_and_asks_no_other_server()
    {
        await using var server = await TandemServer.StartAsync();
        using var client = server.Client(null);
        using var stranger = await client.SendAsync("GET", "/api/docs/index.html");
        Assert.Equal(HttpStatusCode.Redirect, stranger.StatusCode);
        Assert.Contains("/sign-in?return=", stranger.Headers.Location!.OriginalString, StringComparison.Ordinal);

        var code = await server.CodeAsync("editor");
        using var signedIn = await client.SendAsync("GET", $"/sign-in?code={code}");
        var page = await client.GetStringAsync("/api/docs/index.html", Http.Cancelled);
        Assert.Contains("tandem.js", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
        foreach (Match file in Sources().Matches(page))
        {
            using var part = await client.GetAsync($"/api/docs/{file.Groups[1].Value}", Http.Cancelled);
            Assert.True(part.IsSuccessStatusCode, file.Value);
        }
    }

    private static void Collect(JsonNode? node, List<JsonObject> into)
    {
        switch (node)
        {
            case JsonObject o:
                into.Add(o);
                o.ToList().ForEach(p => Collect(p.Value, into));
                break;
            case JsonArray a:
                a.ToList().ForEach(i => Collect(i, into));
                break;
        }
    }

    private static JsonNode Target(JsonNode document, JsonNode node) =>
        node["$ref"] is { } reference ? Resolve(document, reference.GetValue<string>())! : node;

    private static JsonNode? Resolve(JsonNode document, string reference) =>
        reference[2..].Split('/').Aggregate((JsonNode?)document, (node, part) => node?[part]);

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Template();

    [GeneratedRegex("(?:src|href)=\"(?:\\./)?([^\"]+)\"")]
    private static partial Regex Sources();
}
