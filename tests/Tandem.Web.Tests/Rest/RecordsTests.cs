using System.Net;
using System.Text.Json;

namespace Tandem.Web.Tests.Rest;

public sealed class RecordsTests : IAsyncLifetime
{
    private const string Merge = "application/merge-patch+json";
    private const string Fields = "application/vnd.tandem.patch+json";
    private TandemServer _server = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TandemServer.StartAsync();
        _client = _server.Client();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Creating_answers_where_the_record_lives_and_its_version()
    {
        using var created = await _client.SendAsync("POST", "/api/tables/products", """{"name":"Rye","price":3.50,"extras":{"a":[1]}}""");
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal("/api/tables/products/1", created.Headers.Location?.OriginalString);
        var body = await created.JsonAsync();
        Assert.Equal("3.50", body.GetProperty("price").GetRawText());
        Assert.Equal("fresh", body.GetProperty("status").GetString());
        Assert.False(body.TryGetProperty("secret", out _));

        using var read = await _client.SendAsync("GET", "/api/tables/products/1");
        Assert.Equal(created.Headers.ETag, read.Headers.ETag);
        Assert.False(read.Headers.ETag!.IsWeak);
        using var known = await _client.SendAsync("GET", "/api/tables/products/1", headers: ("If-None-Match", read.Headers.ETag.ToString()));
        Assert.Equal(HttpStatusCode.NotModified, known.StatusCode);
    }

    [Fact]
    public async Task A_merge_patch_changes_what_it_names_if_the_version_still_holds()
    {
        await _client.SendAsync("POST", "/api/tables/products", """{"name":"Rye","price":3.50,"extras":{"a":1,"b":{"c":2}}}""").OkAsync(HttpStatusCode.Created);
        using var first = await _client.SendAsync("GET", "/api/tables/products/1");
        var tag = first.Headers.ETag!.ToString();

        using var patched = await _client.SendAsync("PATCH", "/api/tables/products/1", """{"id":1,"price":4,"since":null,"extras":{"a":null,"b":{"d":3}}}""", Merge, ("If-Match", tag));
        var stored = await patched.JsonAsync();
        Assert.Equal(HttpStatusCode.OK, patched.StatusCode);
        Assert.Equal("Rye", stored.GetProperty("name").GetString());
        Assert.Equal("""{"b":{"c":2,"d":3}}""", stored.GetProperty("extras").GetRawText());
        Assert.NotEqual(tag, patched.Headers.ETag!.ToString());

        await _client.SendAsync("PATCH", "/api/tables/products/1", """{"price":5}""", Merge, ("If-Match", tag)).ProblemAsync(412, "changed");
        await _client.SendAsync("DELETE", "/api/tables/products/1", headers: ("If-Match", tag)).ProblemAsync(412, "changed");
        await _client.SendAsync("PATCH", "/api/tables/products/1", """{"price":5}""", Merge, ("If-Match", "*")).OkAsync();
        await _client.SendAsync("PATCH", "/api/tables/products/1", """{"price":5}""", Merge, ("If-Match", "nonsense")).ProblemAsync(400, "If-Match");
        await _client.SendAsync("PATCH", "/api/tables/products/1", "{}", Merge).OkAsync();
        await _client.SendAsync("PATCH", "/api/tables/products/1", """{"id":2}""", Merge).ProblemAsync(422, "key");
    }

    [Fact]
    public async Task A_field_patch_merges_disjoint_edits_and_explains_conflicts()
    {
        await _client.SendAsync("POST", "/api/tables/products", """{"name":"Rye","price":3.50}""").OkAsync(HttpStatusCode.Created);
        await _client.SendAsync("PATCH", "/api/tables/products/1", """{"set":{"price":4},"base":{"price":3.5}}""", Fields).OkAsync();
        var both = await _client.SendAsync("PATCH", "/api/tables/products/1", """{"set":{"name":"Dark rye"},"base":{"name":"Rye"}}""", Fields).OkAsync();
        Assert.Equal(4, both.GetProperty("price").GetDecimal());

        var problem = await _client.SendAsync("PATCH", "/api/tables/products/1", """{"set":{"price":9},"base":{"price":3.5}}""", Fields).ProblemAsync(409, "conflicts");
        var conflict = problem.GetProperty("conflicts")[0];
        Assert.Equal(("price", 3.5m, 9m, 4m, "editor"), (
            conflict.GetProperty("field").GetString(), conflict.GetProperty("base").GetDecimal(), conflict.GetProperty("mine").GetDecimal(),
            conflict.GetProperty("theirs").GetDecimal(), conflict.GetProperty("by").GetString()));
        Assert.Equal(JsonValueKind.String, conflict.GetProperty("at").ValueKind);

        await _client.SendAsync("PATCH", "/api/tables/products/1", """{"set":{"price":9},"base":{"price":4,"name":"Rye"}}""", Fields).ProblemAsync(409, "Dark rye");
        await _client.SendAsync("PATCH", "/api/tables/products/1", """{"set":{"price":9},"base":{}}""", Fields).ProblemAsync(422, "\"price\"");
        await _client.SendAsync("PATCH", "/api/tables/products/1", """{"set":{"price":9}}""", Fields).ProblemAsync(422, "base");
        await _client.SendAsync("PATCH", "/api/tables/products/7", """{"set":{"price":9},"base":{"price":4}}""", Fields).ProblemAsync(404, "no record");
    }

    [Fact]
    public async Task Wrong_values_are_named_all_at_once_and_nothing_is_written()
    {
        var problem = await _client.SendAsync("POST", "/api/tables/products", """{"name":5,"price":"dear","colour":1,"since":"20/11/2026"}""").ProblemAsync(422, "no field 'colour'");
        Assert.Equal(["name", "price", "colour", "since"], problem.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("field").GetString()));
        await _client.SendAsync("POST", "/api/tables/products", """{"price":-1}""").ProblemAsync(422, "required");
        await _client.SendAsync("POST", "/api/tables/products", """{"name":"x","secret":"y"}""").ProblemAsync(422, "no field 'secret'");
        var list = await _client.SendAsync("GET", "/api/tables/products").OkAsync();
        Assert.Equal(0, list.GetProperty("value").GetArrayLength());
    }

    [Theory]
    [InlineData("POST", "/api/tables/products", "{", "application/json", 400)]
    [InlineData("POST", "/api/tables/products", "[]", "application/json", 400)]
    [InlineData("POST", "/api/tables/products", "{\"name\":\"\\ud800\"}", "application/json", 400)]
    [InlineData("POST", "/api/tables/products", "{}", "text/plain", 415)]
    [InlineData("PATCH", "/api/tables/products/1", "{}", "application/json", 415)]
    [InlineData("PUT", "/api/tables/products/1", "{}", "application/json", 405)]
    [InlineData("PUT", "/api/tables", "{}", "application/json", 405)]
    [InlineData("GET", "/api/tables/nothing", null, "", 404)]
    [InlineData("GET", "/api/nothing", null, "", 404)]
    [InlineData("GET", "/api/tables/products/99", null, "", 404)]
    [InlineData("GET", "/api/tables/products/abc", null, "", 404)]
    [InlineData("GET", "/api/tables/products/1,2", null, "", 404)]
    [InlineData("GET", "/api/tables/totals/1", null, "", 404)]
    [InlineData("DELETE", "/api/tables/products/99", null, "", 404)]
    [InlineData("POST", "/api/tables/totals", "{}", "application/json", 403)]
    [InlineData("GET", "/api/tables/tandem_users", null, "", 403)]
    [InlineData("GET", "/api/users", null, "", 403)]
    public async Task Every_refusal_is_a_problem_of_its_status(string method, string address, string? body, string type, int status) =>
        await _client.SendAsync(method, address, body, type).ProblemAsync(status, "detail");

    [Fact]
    public async Task Bodies_that_are_too_large_and_answers_nobody_takes_are_refused()
    {
        await _client.SendAsync("POST", "/api/tables/products", $$"""{"name":"{{new string('x', 1_100_000)}}"}""").ProblemAsync(413, "1 MB");
        await _client.SendAsync("GET", "/api/tables/products", headers: ("Accept", "text/html")).ProblemAsync(406, "application/json");
        await _client.SendAsync("GET", "/api/tables/products", headers: ("Accept", "text/html, */*;q=0.1")).OkAsync();
    }

    [Fact]
    public async Task Names_and_keys_may_hold_anything()
    {
        var table = Uri.EscapeDataString(Shop.Odd);
        using var created = await _client.SendAsync("POST", $"/api/tables/{table}", """{"code":"a/b,c%2F é \"x\"","part":-3,"best \"before\"":"2026-11-20"}""");
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var location = created.Headers.Location!.OriginalString;
        await _client.SendAsync("GET", location).OkAsync();
        var filter = Uri.EscapeDataString("\"best \"\"before\"\"\" ge 2026-11-20 and code eq 'a/b,c%2F é \"x\"'");
        var list = await _client.SendAsync("GET", $"/api/tables/{table}?$filter={filter}&$orderby=\"best%20\"\"before\"\"\"%20desc").OkAsync();
        Assert.Equal(1, list.GetProperty("value").GetArrayLength());

        foreach (var word in new[] { "schema", "changes", "", ".", "..", "~x", "!", "a/b" })
        {
            using var added = await _client.SendAsync("POST", "/api/tables/words", $$"""{"word":"{{word}}"}""");
            var record = await _client.SendAsync("GET", added.Headers.Location!.OriginalString).OkAsync();
            Assert.Equal(word, record.GetProperty("word").GetString());
        }
    }

    [Fact]
    public async Task Binary_content_goes_in_and_comes_out_as_a_file()
    {
        await _client.SendAsync("POST", "/api/tables/products", """{"name":"Rye"}""").OkAsync(HttpStatusCode.Created);
        await _client.SendAsync("GET", "/api/tables/products/1/picture").ProblemAsync(404, "empty");
        await _client.SendAsync("GET", "/api/tables/products/1/name").ProblemAsync(404, "no binary content");
        byte[] png = [0x89, (byte)'P', (byte)'N', (byte)'G', 1, 2, 3];
        using (var put = await _client.PutAsync("/api/tables/products/1/picture", new ByteArrayContent(png), Http.Cancelled))
        {
            Assert.Equal(HttpStatusCode.NoContent, put.StatusCode);
        }

        using var got = await _client.SendAsync("GET", "/api/tables/products/1/picture");
        Assert.Equal("image/png", got.Content.Headers.ContentType?.MediaType);
        Assert.Equal("attachment", got.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Equal("nosniff", got.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal(png, await got.Content.ReadAsByteArrayAsync(Http.Cancelled));

        var record = await _client.SendAsync("GET", "/api/tables/products/1").OkAsync();
        var basis = record.GetProperty("picture").GetRawText();
        await _client.SendAsync("PATCH", "/api/tables/products/1", $$"""{"set":{"picture":"AQI="},"base":{"picture":{{basis}} } }""", Fields).OkAsync();
        await _client.SendAsync("PATCH", "/api/tables/products/1", $$"""{"set":{"picture":"AQM="},"base":{"picture":{{basis}} } }""", Fields).ProblemAsync(409, "picture");
    }

    [Fact]
    public async Task History_tells_who_did_what_also_to_a_record_that_is_gone()
    {
        await _client.SendAsync("POST", "/api/tables/products", """{"name":"Rye","price":1}""").OkAsync(HttpStatusCode.Created);
        await _client.SendAsync("PATCH", "/api/tables/products/1", """{"price":2}""", Merge).OkAsync();
        using var deleted = await _client.SendAsync("DELETE", "/api/tables/products/1");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        var history = (await _client.SendAsync("GET", "/api/tables/products/1/history").OkAsync()).GetProperty("value");
        Assert.Equal(["delete", "update", "insert"], history.EnumerateArray().Select(c => c.GetProperty("kind").GetString()));
        Assert.Equal("editor", history[1].GetProperty("by").GetString());
        Assert.Equal(1, history[1].GetProperty("before").GetProperty("price").GetInt32());
        Assert.False(history[2].GetProperty("after").TryGetProperty("secret", out _));
    }
}
