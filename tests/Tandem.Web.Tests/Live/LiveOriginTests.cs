using System.Net;
using Tandem.Web.Live;

namespace Tandem.Web.Tests.Live;

/// <summary>Who may open the live connection.</summary>
public sealed class LiveOriginTests
{
    [Theory]
    [InlineData("POST", "/negotiate?negotiateVersion=1", "Origin", "https://evil.example")]
    [InlineData("POST", "/negotiate?negotiateVersion=1", "Origin", "null")]
    [InlineData("POST", "/negotiate?negotiateVersion=1", "Sec-Fetch-Site", "cross-site")]
    [InlineData("GET", "", "Origin", "https://evil.example")]
    public async Task Other_sites_are_refused(string method, string address, string header, string value)
    {
        await using var server = await TandemServer.StartAsync(map: app => app.MapTandemLive());
        using var client = server.Client();
        using var response = await client.SendAsync(method, LiveServiceCollectionExtensions.Path + address, headers: (header, value));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Own_pages_and_programs_are_not()
    {
        await using var server = await TandemServer.StartAsync(map: app => app.MapTandemLive());
        using var client = server.Client();
        const string Negotiate = LiveServiceCollectionExtensions.Path + "/negotiate?negotiateVersion=1";
        await client.SendAsync("POST", Negotiate).OkAsync();
        await client.SendAsync("POST", Negotiate, headers: ("Origin", server.Address.GetLeftPart(UriPartial.Authority))).OkAsync();
    }
}
