using System.Diagnostics;
using System.Net;

namespace Tandem.Web.Tests.Streams;

public sealed class ChangesTests
{
    private static Task AddAsync(HttpClient client, string name, string table = "products", string field = "name") =>
        client.SendAsync("POST", $"/api/tables/{table}", $$"""{"{{field}}":"{{name}}"}""").OkAsync(HttpStatusCode.Created);

    [Fact]
    public async Task Changes_arrive_one_by_one_and_a_cursor_resumes_without_loss()
    {
        await using var server = await TandemServer.StartAsync();
        using var client = server.Client();
        string cursor;
        await using (var reader = await EventReader.OpenAsync(client, "/api/tables/products/changes"))
        {
            await AddAsync(client, "Rye");
            await AddAsync(client, "hello", "words", "word");
            await client.SendAsync("PATCH", "/api/tables/products/1", "{\"extras\":{\n\"lines\":\r\n2}}", "application/merge-patch+json").OkAsync();
            var (type, data) = (await reader.NextAsync())!.Value;
            Assert.Equal(("change", "insert", "1", "editor", "Rye"), (
                type, data.GetProperty("kind").GetString(), data.GetProperty("key").GetString(), data.GetProperty("by").GetString(), data.GetProperty("after").GetProperty("name").GetString()));
            Assert.False(data.GetProperty("after").TryGetProperty("secret", out _));
            cursor = reader.LastEventId;
            (_, data) = (await reader.NextAsync())!.Value;
            Assert.Equal(2, data.GetProperty("after").GetProperty("extras").GetProperty("lines").GetInt32());
        }

        await AddAsync(client, "Focaccia");
        await using var resumed = await EventReader.OpenAsync(client, "/api/changes?tables=products,words", cursor);
        List<string?> kinds = [];
        for (var i = 0; i < 3; i++)
        {
            kinds.Add((await resumed.NextAsync())!.Value.Data is var d ? $"{d.GetProperty("table").GetString()} {d.GetProperty("kind").GetString()}" : null);
        }

        Assert.Equal(["words insert", "products update", "products insert"], kinds);
    }

    [Fact]
    public async Task An_unknown_cursor_is_said_and_followed_by_what_comes()
    {
        await using var server = await TandemServer.StartAsync();
        using var client = server.Client();
        await using var reader = await EventReader.OpenAsync(client, "/api/changes?after=nonsense");
        var (type, data) = (await reader.NextAsync())!.Value;
        Assert.Equal(("reset", "0"), (type, data.GetProperty("cursor").GetString()));
        await AddAsync(client, "Rye");
        Assert.Equal("change", (await reader.NextAsync())!.Value.Type);
    }

    [Fact]
    public async Task Streams_end_when_the_server_stops()
    {
        await using var server = await TandemServer.StartAsync();
        using var client = server.Client();
        await using var reader = await EventReader.OpenAsync(client, "/api/changes");
        var watch = Stopwatch.StartNew();
        var stopping = server.StopAsync();
        Assert.Null(await reader.NextAsync());
        await stopping;
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Streams_end_when_the_user_is_removed()
    {
        await using var server = await TandemServer.StartAsync();
        using var administrator = server.Client(TandemServer.AdministratorToken);
        var invited = await administrator.SendAsync("POST", "/api/users", """{"name":"Mia","role":"viewer"}""").OkAsync(HttpStatusCode.Created);
        using var mia = server.Client(invited.GetProperty("token").GetString());
        await using var reader = await EventReader.OpenAsync(mia, "/api/changes");
        using var removed = await administrator.SendAsync("DELETE", "/api/users/Mia");
        Assert.Null(await reader.NextAsync());
    }

    [Fact]
    public async Task Only_tables_one_may_see_can_be_followed()
    {
        await using var server = await TandemServer.StartAsync();
        using var client = server.Client();
        await client.SendAsync("GET", "/api/changes?tables=tandem_users").ProblemAsync(403, "administrators");
        await client.SendAsync("GET", "/api/changes?tables=nothing").ProblemAsync(404, "nothing");
        using var administrator = server.Client(TandemServer.AdministratorToken);
        await using var reader = await EventReader.OpenAsync(administrator, "/api/tables/tandem_users/changes");
        await administrator.SendAsync("POST", "/api/users", """{"name":"Mia","role":"viewer"}""").OkAsync(HttpStatusCode.Created);
        Assert.DoesNotContain("token_digest", (await reader.NextAsync())!.Value.Data.ToString(), StringComparison.Ordinal);
    }
}
