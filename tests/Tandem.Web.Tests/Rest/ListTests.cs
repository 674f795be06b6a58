using System.Net;

namespace Tandem.Web.Tests.Rest;

public sealed class ListTests
{
    [Fact]
    public async Task Lists_filter_order_select_and_page()
    {
        await using var server = await TandemServer.StartAsync();
        using var client = server.Client();
        for (var i = 1; i <= 7; i++)
        {
            await client.SendAsync("POST", "/api/tables/products", $$"""{"name":"Bread {{i}}","price":{{i}},"active":{{(i % 2 == 0 ? "true" : "false")}}}""").OkAsync(HttpStatusCode.Created);
        }

        List<string?> names = [];
        string? next = null;
        do
        {
            var page = await client.SendAsync("GET", $"/api/tables/products?$filter=price%20gt%202&$orderby=price%20desc&$select=name&$first=2&$count=true{(next is null ? "" : "&$after=" + next)}").OkAsync();
            Assert.Equal(5, page.GetProperty("count").GetInt32());
            names.AddRange(page.GetProperty("value").EnumerateArray().Select(r => r.GetProperty("name").GetString()));
            Assert.All(page.GetProperty("value").EnumerateArray(), r => Assert.False(r.TryGetProperty("price", out _)));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);
        Assert.Equal(["Bread 7", "Bread 6", "Bread 5", "Bread 4", "Bread 3"], names);

        var found = await client.SendAsync("GET", "/api/tables/products?$search=READ%203").OkAsync();
        Assert.Equal("Bread 3", found.GetProperty("value")[0].GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("$filter=price%20gt", 400)]
    [InlineData("$filter=colour%20eq%201", 422)]
    [InlineData("$filter=price%20eq%20'dear'", 422)]
    [InlineData("$filter=secret%20eq%20'x'", 422)]
    [InlineData("$orderby=secret", 422)]
    [InlineData("$orderby=name%20up", 400)]
    [InlineData("$orderby=extras", 422)]
    [InlineData("$orderby=name;price", 400)]
    [InlineData("$select=\"name", 400)]
    [InlineData("$select=colour", 422)]
    [InlineData("$first=0", 400)]
    [InlineData("$first=1001", 400)]
    [InlineData("$count=maybe", 400)]
    [InlineData("$after=nonsense!", 400)]
    [InlineData("filter=x", 400)]
    public async Task Questions_that_cannot_be_answered_are_refused(string options, int status)
    {
        await using var server = await TandemServer.StartAsync();
        using var client = server.Client(TandemServer.ViewerToken);
        await client.SendAsync("GET", "/api/tables/products?" + options).ProblemAsync(status, "detail");
    }

    [Fact]
    public async Task Tables_describe_themselves_to_those_who_may_see_them()
    {
        await using var server = await TandemServer.StartAsync();
        using var viewer = server.Client(TandemServer.ViewerToken);
        var tables = (await viewer.SendAsync("GET", "/api/tables").OkAsync()).GetProperty("value");
        Assert.Equal(["products", Shop.Odd, "words", "totals"], tables.EnumerateArray().Select(t => t.GetProperty("name").GetString()));
        var schema = await viewer.SendAsync("GET", "/api/tables/products/schema").OkAsync();
        var status = schema.GetProperty("fields").EnumerateArray().Single(f => f.GetProperty("name").GetString() == "status");
        Assert.Equal("fresh", status.GetProperty("default").GetString());
        Assert.Equal(2, status.GetProperty("choices").GetArrayLength());
        Assert.True(schema.GetProperty("count").GetProperty("exact").GetBoolean());
        Assert.DoesNotContain(schema.GetProperty("fields").EnumerateArray(), f => f.GetProperty("name").GetString() == "secret");

        using var administrator = server.Client(TandemServer.AdministratorToken);
        var all = (await administrator.SendAsync("GET", "/api/tables").OkAsync()).GetProperty("value");
        Assert.Contains(all.EnumerateArray(), t => t.GetProperty("name").GetString() == "tandem_users");
    }
}
