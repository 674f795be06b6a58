using Microsoft.AspNetCore.Http;
using Tandem.Admin;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.Hosting;
using Tandem.Web.Tests.Access;

namespace Tandem.Web.Tests.Hosting;

/// <summary>Every answer, of whatever address and status, says what browsers may do with it.</summary>
public sealed class SecurityHeadersTests
{
    private static readonly string[] s_never = ["unsafe-eval", "http:", "https:", "*"];
    private static readonly string[] s_always = ["default-src 'self'", "object-src 'none'", "base-uri 'self'", "form-action 'self'", "frame-ancestors 'none'"];

    [Theory]
    [InlineData(TandemServer.AdministratorToken)]
    [InlineData(null)]
    public async Task Answer_OfAnyAddress_KeepsItselfToItsOwnOrigin(string? token)
    {
        var shop = Shop.Create();
        await shop.Find("products")!.WriteAsync(new Write.Insert(new Patch([new("name", "Rye"), new("picture", new byte[] { 1 })]), new WriteContext("Ana")), Http.Cancelled);
        await using var server = await TandemServer.StartAsync(shop, map: app => app.MapTandemPages());
        using var client = server.Client(token);
        var ways = await WaysIn.OfAsync(server);
        foreach (var way in ways.Where(w => w.Method == "GET").Concat(ways.Where(w => w.Method != "GET")))
        {
            using var response = await client.SendAsync(way.Method, way.Address, way.Method == "GET" ? null : "{}");
            Check(way, response);
        }
    }

    [Theory]
    [InlineData("https", "shop.example", true)]
    [InlineData("http", "shop.example", false)]
    [InlineData("https", "localhost", false)]
    public void StrictTransport_IsSaid_OnlyWhereItIsTrue(string scheme, string host, bool isSaid)
    {
        var context = new DefaultHttpContext { Request = { Scheme = scheme, Host = new HostString(host) } };
        SecurityHeaders.Apply(context);
        Assert.Equal(isSaid, context.Response.Headers.StrictTransportSecurity.Count > 0);
    }

    private static void Check(WayIn way, HttpResponseMessage response)
    {
        string Header(string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "";
        var policy = Header("Content-Security-Policy").Split("; ");
        Assert.All(s_always, d => Assert.True(policy.Contains(d), $"{way.Name} lets out: {d}"));
        Assert.All(s_never, w => Assert.DoesNotContain(policy, d => d.Contains(w, StringComparison.Ordinal)));
        // Inline styles are for the page that tries the API alone, inline scripts for none.
        Assert.All(policy.Where(d => d.Contains("unsafe-inline", StringComparison.Ordinal)), d => Assert.True(d.StartsWith("style-src", StringComparison.Ordinal) && way.Pattern.StartsWith("/api/docs", StringComparison.Ordinal), $"{way.Name}: {d}"));
        Assert.Equal("nosniff", Header("X-Content-Type-Options"));
        Assert.Equal("DENY", Header("X-Frame-Options"));
        Assert.Equal("same-origin", Header("Referrer-Policy"));
        Assert.Equal("same-origin", Header("Cross-Origin-Opener-Policy"));
        Assert.Equal("same-origin", Header("Cross-Origin-Resource-Policy"));
        Assert.Contains("camera=()", Header("Permissions-Policy"), StringComparison.Ordinal);
        var isAsset = way.Pattern.StartsWith("/_tandem/", StringComparison.Ordinal) || way.Pattern.StartsWith("/api/docs", StringComparison.Ordinal);
        if ((int)response.StatusCode == 200 && !isAsset)
        {
            Assert.True(response.Headers.CacheControl?.NoStore, $"{way.Name} may be kept by a cache");
        }
    }
}
