using Tandem.Hints;
using Tandem.Records;

namespace Tandem.Web.Tests.Rest;

/// <summary>What fields have to say while a form is filled in.</summary>
public sealed class HintsTests
{
    [Fact]
    public async Task Hint_OfAFormThatIsNotFinished_SeesWhatCanBeReadAndAnswers()
    {
        await using var server = await TandemServer.StartAsync(configure: o => o.Hints.Field("products", "price", (form, _) => Task.FromResult(
            new FieldHint($"{form["name"]} at {form["price"]} since {form["since"] ?? "never"}")
            {
                Suggestion = 4.50m,
                Values = new Patch([new("status", "stale"), new("price", 1m), new("secret", "x")]),
            })));
        using var client = server.Client();
        using var answer = await client.PostAsync("/api/hints/products/price", Http.Json("""{"values": {"name": "Rye", "price": "4.2", "since": "not a date"}}"""), Http.Cancelled);
        Assert.Equal("""{"text":"Rye at 4.2 since never","suggestion":"4.50","values":{"status":"stale"}}""", await answer.Content.ReadAsStringAsync(Http.Cancelled));
    }

    [Fact]
    public async Task Hint_ThatFails_SaysNothingAndIsLogged()
    {
        var log = new ListLog();
        await using var server = await TandemServer.StartAsync(log: log, configure: o => o.Hints.Field("products", "price", (_, _) => throw new InvalidDataException("A secret path.")));
        using var client = server.Client();
        using var answer = await client.PostAsync("/api/hints/products/price", Http.Json("""{"values": {}}"""), Http.Cancelled);
        Assert.Equal("""{"text":null,"suggestion":null,"values":{}}""", await answer.Content.ReadAsStringAsync(Http.Cancelled));
        Assert.Contains(log.Entries, l => l.Contains("A hint of table products failed", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    public async Task Hint_OfABodyThatIsNoObject_IsRefused(string body)
    {
        await using var server = await TandemServer.StartAsync(configure: o => o.Hints.Field("products", "price", (_, _) => Task.FromResult(FieldHint.None)));
        using var client = server.Client();
        await client.SendAsync("POST", "/api/hints/products/price", body).ProblemAsync(400, "object");
    }

    [Theory]
    [InlineData("/api/hints/products/name", TandemServer.EditorToken, 404)]
    [InlineData("/api/hints/nowhere/price", TandemServer.EditorToken, 404)]
    [InlineData("/api/hints/products/price", TandemServer.ViewerToken, 403)]
    [InlineData("/api/hints/products/price", null, 401)]
    public async Task Hint_NotForOne_IsRefused(string address, string? token, int status)
    {
        await using var server = await TandemServer.StartAsync(configure: o => o.Hints.Field("products", "price", (_, _) => Task.FromResult(FieldHint.None)));
        using var client = server.Client(token);
        using var answer = await client.PostAsync(address, Http.Json("""{"values": {}}"""), Http.Cancelled);
        Assert.Equal(status, (int)answer.StatusCode);
    }
}
