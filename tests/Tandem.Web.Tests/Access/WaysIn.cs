using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Tandem.Web.Tests.Access;

/// <summary>One way into a server.</summary>
/// <param name="Method">The method.</param>
/// <param name="Pattern">The address as it was mapped or described.</param>
/// <param name="Address">An address of that pattern that leads to a record.</param>
internal sealed record WayIn(string Method, string Pattern, string Address)
{
    public string Name => $"{Method} {Pattern}";
}

/// <summary>
/// Every way in, taken from the routing table of a running server and, for the one route of the API, from the description it gives of itself
/// and from the router's own text, so that what nobody described is found as well.
/// </summary>
internal static partial class WaysIn
{
    private const string Api = "/api/{**path}";
    private static readonly string[] s_anyMethod = ["GET", "POST", "PUT", "PATCH", "DELETE"];

    public static async Task<IReadOnlyList<WayIn>> OfAsync(TandemServer server)
    {
        var mapped = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        Assert.Contains(mapped, e => Pattern(e) == Api);
        using var client = server.Client(TandemServer.AdministratorToken);
        var described = await client.SendAsync("GET", "/api/openapi.json").OkAsync();
        return
        [
            .. mapped.Where(e => Pattern(e) != Api).SelectMany(e => (e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } given ? given : s_anyMethod)
                .Select(m => new WayIn(m, Pattern(e), Address(Pattern(e))))),
            .. described.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Where(m => m.Name != "parameters")
                .Select(m => new WayIn(m.Name.ToUpperInvariant(), p.Name, Address(p.Name)))),
            .. Routed(),
            .. s_anyMethod.Select(m => new WayIn(m, Api, "/api/nothing")),
        ];
    }

    /// <summary>The arms of the routers: <c>["tables", _, "schema"] => method switch { "GET" => …</c>.</summary>
    private static List<WayIn> Routed()
    {
        List<WayIn> found = [];
        string[] segments = [];
        foreach (var line in Directory.GetFiles(Path.Combine(Root(), "src", "Tandem.Web", "Rest"), "*Router.cs", SearchOption.AllDirectories).SelectMany(File.ReadLines))
        {
            if (Arm().Match(line) is { Success: true } arm)
            {
                segments = [.. arm.Groups[1].Value.Split(", ").Select(s => s.Split(" or ")[0].Trim('"'))];
            }

            if (segments.Length > 0 && Method().Match(line) is { Success: true } method)
            {
                var address = segments.Select((s, i) => s != "_" ? s : (segments[0], i) switch
                {
                    ("tables" or "hints", 1) => "products",
                    ("tables", 2) => "1",
                    ("tables", 3) => "picture",
                    ("hints", 2) => "price",
                    _ => "somebody",
                });
                found.Add(new WayIn(method.Groups[1].Value, "/api/" + string.Join('/', segments), "/api/" + string.Join('/', address)));
            }
        }

        Assert.True(found.Count >= 36, $"Only {found.Count} arms of the API's router were found. Has it another form now?");
        return found;
    }

    private static string Root() => AppContext.BaseDirectory[..AppContext.BaseDirectory.IndexOf("/artifacts/", StringComparison.Ordinal)];

    private static string Pattern(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.TrimStart('/');

    private static string Address(string pattern) => Parameter().Replace(pattern, p => p.Groups[1].Value switch
    {
        "table" => "products",
        "key" => "1",
        "field" => "picture",
        "user" or "name" => "somebody",
        "hash" => "0",
        _ => "nothing",
    });

    [GeneratedRegex("""^\s+\[((?:"[^"]+"(?: or "[^"]+")?|_)(?:, (?:"[^"]+"(?: or "[^"]+")?|_))*)\](?: =>| when)""", RegexOptions.CultureInvariant)]
    private static partial Regex Arm();

    [GeneratedRegex("""(?:^\s+|method == )"(GET|POST|PUT|PATCH|DELETE)" =>""", RegexOptions.CultureInvariant)]
    private static partial Regex Method();

    [GeneratedRegex(@"\{\**([A-Za-z]+)[^}]*\}", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();
}
