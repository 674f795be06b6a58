using Tandem.Records;
using Tandem.Specification.Servers;

namespace Tandem.Web.Tests.Fuzzing;

/// <summary>What random requests have found, each kept as the request that showed it.</summary>
public sealed class FoundTests
{
    [Theory]
    [InlineData("POST", "/api/units", """{"try":true,"writes":[{"table":"products","insert":{},"as":"\ud83d"}]}""", "application/json")]
    [InlineData("POST", "/api/units", """{"writes":[{"\ud83d":1}]}""", "application/json")]
    [InlineData("POST", "/api/units/undo", """{"operation":"\udc00"}""", "application/json")]
    [InlineData("PATCH", "/api/tables/products/1", """{"name":"\ud83d"}""", "application/merge-patch+json")]
    [InlineData("POST", "/api/tables/products", """{"extras":{"deep":["\ud83d"]}}""", "application/json")]
    public async Task Body_WithHalfASurrogatePair_IsRefusedWithTheRemedy(string method, string address, string body, string type)
    {
        await using var server = await TandemServer.StartAsync();
        using var client = server.Client();
        await client.SendAsync(method, address, body, type).ProblemAsync(400, "Send surrogate pairs whole.");
    }

    [Fact]
    public async Task Body_WithAWholePairInEscapes_IsTaken()
    {
        await using var server = await TandemServer.StartAsync();
        using var client = server.Client();
        var created = await client.SendAsync("POST", "/api/tables/words", """{"word":"\ud83d\ude00"}""").OkAsync(System.Net.HttpStatusCode.Created);
        Assert.Equal("\U0001f600", created.GetProperty("word").GetString());
    }

    [Theory]
    [InlineData("/sign-in", "token=%00")]
    [InlineData("/sign-out", "back=a%00b")]
    [InlineData("/sign-in", "__RequestVerificationToken=%c0%af")]
    public async Task SignIn_AFormThatCannotBeRead_LeadsBackToTheForm(string address, string form)
    {
        await using var server = await TandemServer.StartAsync();
        using var client = server.Client(null);
        using var response = await client.SendAsync("POST", address, form, "application/x-www-form-urlencoded");
        Assert.Equal(System.Net.HttpStatusCode.Redirect, response.StatusCode);
        Assert.StartsWith("/sign-in", response.Headers.Location!.OriginalString, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task Keys_OfWhichOneIsNoneThatItsFieldHolds_StillFindTheOthers(string store)
    {
        using var folder = new TempFolder();
        await using var database = await FuzzDatabase.OpenAsync(store, folder);
        var products = database.Find("products")!;
        var keys = new[] { "1", "a", "79228162514264337593543950336", "2" }.Select(t => RecordKey.TryParse(products.Schema, t, out var key) ? key : null).OfType<RecordKey>().ToList();
        var found = await products.GetManyAsync(keys, null, Http.Cancelled);
        Assert.Equal([1L, 2L], found.Select(r => (long)r["id"]!).Order());
    }
}
