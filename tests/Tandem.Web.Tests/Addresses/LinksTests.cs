using System.Net;
using System.Text.Json;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Addresses;

namespace Tandem.Web.Tests.Addresses;

/// <summary>Every name and key has an address that leads back to it.</summary>
public sealed class LinksTests
{
    private static TableSchema Words(string name) => new(
        name, [new Field("word", FieldType.Text) { IsNullable = false }, new Field("meaning", FieldType.Text)], ["word"]);

    [Theory]
    [InlineData("words", "schema")]
    [InlineData("words", "changes")]
    [InlineData("words", "new")]
    [InlineData("words", "")]
    [InlineData("words", "~schema")]
    [InlineData("words", "a/b,c%")]
    [InlineData(".", "..")]
    [InlineData("..", "~")]
    [InlineData("~x", "x")]
    [InlineData("a/b", "options")]
    public async Task What_the_page_saves_to_is_the_record(string name, string word)
    {
        var database = new MemoryDatabase();
        var schema = Words(name);
        database.Add(schema);
        await using var server = await TandemServer.StartAsync(database);
        using var client = server.Client();
        var body = JsonSerializer.Serialize(new { word });
        using var created = await client.SendAsync("POST", Links.Api(name), body);
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        var address = Links.Api(schema, new RecordKey(word));
        Assert.Equal(address, created.Headers.Location!.OriginalString);

        var changed = await client.SendAsync("PATCH", address, """{"meaning":"known"}""", "application/merge-patch+json").OkAsync();
        Assert.Equal((word, "known"), (changed.GetProperty("word").GetString(), changed.GetProperty("meaning").GetString()));
    }
}
