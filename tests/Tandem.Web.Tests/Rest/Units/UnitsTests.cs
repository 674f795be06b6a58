using System.Net;
using System.Text.Json;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Web.Tests.Rest.Units;

public sealed class UnitsTests : IAsyncLifetime
{
    private TandemServer _server = null!;
    private HttpClient _ann = null!;

    public async ValueTask InitializeAsync()
    {
        var database = new MemoryDatabase { Name = "orders" };
        database.Add(new TableSchema("orders", [Id(), new Field("customer", FieldType.Text) { IsNullable = false }, new Field("note", FieldType.Text)], ["id"]));
        database.Add(new TableSchema(
            "order_lines",
            [Id(), new Field("order_id", FieldType.Integer) { IsNullable = false }, new Field("product", FieldType.Text) { IsNullable = false, IsUnique = true }, new Field("quantity", FieldType.Integer) { Minimum = 1 }],
            ["id"])
        {
            References = [new Reference(["order_id"], "orders", ["id"])],
        });
        _server = await TandemServer.StartAsync(database);
        _ann = _server.Client();
    }

    public async ValueTask DisposeAsync()
    {
        _ann.Dispose();
        await _server.DisposeAsync();
    }

    private static Field Id() => new("id", FieldType.Integer) { IsIdentity = true, HasDefault = true, IsNullable = false };

    private Task<HttpResponseMessage> SendAsync(string body, string address = "/api/units") => _ann.SendAsync("POST", address, body);

    private Task<JsonElement> OrderAsync() => SendAsync("""
        {"operation":"first order","writes":[
          {"table":"order_lines","insert":{"order_id":{"$new":"o"},"product":"Rye","quantity":2}},
          {"table":"orders","insert":{"customer":"Mia"},"as":"o"},
          {"table":"order_lines","insert":{"order_id":{"$new":"o"},"product":"Oat","quantity":1}}]}
        """).OkAsync();

    private async Task<long> CountAsync(string table) => (await _ann.SendAsync("GET", $"/api/tables/{table}?$count=true").OkAsync()).GetProperty("count").GetInt64();

    [Fact]
    public async Task Unit_OfAnOrderWithItsLines_IsStoredWithRealKeysUnderOneOperation()
    {
        var stored = await OrderAsync();

        Assert.Equal("first order", stored.GetProperty("operation").GetString());
        var results = stored.GetProperty("results").EnumerateArray().ToList();
        Assert.Equal([("order_lines", "1"), ("orders", "1"), ("order_lines", "2")], results.Select(r => (r.GetProperty("table").GetString(), r.GetProperty("key").GetString())));
        Assert.Equal([1L, 1L], results.Where(r => r.GetProperty("table").GetString() == "order_lines").Select(r => r.GetProperty("record").GetProperty("order_id").GetInt64()));
        var history = await _ann.SendAsync("GET", "/api/tables/order_lines/2/history").OkAsync();
        Assert.Equal("first order", history.GetProperty("value")[0].GetProperty("operation").GetString());

        var unnamed = await SendAsync("""{"writes":[{"table":"orders","key":"1","set":{"note":"x"},"base":{"note":null}},{"table":"order_lines","key":"2","delete":true,"base":{"quantity":1}}]}""").OkAsync();
        Assert.StartsWith("unit ", unnamed.GetProperty("operation").GetString(), StringComparison.Ordinal);
        Assert.True(unnamed.GetProperty("results")[1].GetProperty("deleted").GetBoolean());
        Assert.Equal(1, await CountAsync("order_lines"));
    }

    [Fact]
    public async Task Unit_WithConflictsAndADeletedChild_StoresNothingAndListsThemAll()
    {
        await OrderAsync();
        using var tom = _server.Client(TandemServer.AdministratorToken);
        await tom.SendAsync("PATCH", "/api/tables/orders/1", """{"note":"theirs"}""", "application/merge-patch+json").OkAsync();
        using (var deleted = await tom.SendAsync("DELETE", "/api/tables/order_lines/1"))
        {
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        }

        var problem = await SendAsync("""
            {"writes":[
              {"table":"orders","key":"1","set":{"note":"mine"},"base":{"note":null}},
              {"table":"order_lines","key":"1","set":{"quantity":5},"base":{"quantity":2}},
              {"table":"order_lines","key":"2","set":{"quantity":6},"base":{"quantity":1}}]}
            """).ProblemAsync(409, "theirs");

        var conflict = Assert.Single(problem.GetProperty("conflicts").EnumerateArray().ToList());
        Assert.Equal((0, "orders", "1", "note", "mine", "theirs", "administrator"), (
            conflict.GetProperty("write").GetInt32(), conflict.GetProperty("table").GetString(), conflict.GetProperty("key").GetString(), conflict.GetProperty("field").GetString(),
            conflict.GetProperty("mine").GetString(), conflict.GetProperty("theirs").GetString(), conflict.GetProperty("by").GetString()));
        Assert.Equal(JsonValueKind.Null, conflict.GetProperty("base").ValueKind);
        var gone = Assert.Single(problem.GetProperty("gone").EnumerateArray().ToList());
        Assert.Equal((1, "order_lines", "1", "administrator"), (
            gone.GetProperty("write").GetInt32(), gone.GetProperty("table").GetString(), gone.GetProperty("key").GetString(), gone.GetProperty("by").GetString()));
        Assert.Equal(1, (await _ann.SendAsync("GET", "/api/tables/order_lines/2").OkAsync()).GetProperty("quantity").GetInt32());

        // What is gone already need not be deleted again.
        await SendAsync("""{"writes":[{"table":"order_lines","key":"1","delete":true},{"table":"order_lines","key":"2","set":{"quantity":6},"base":{"quantity":1}}]}""").OkAsync();
    }

    [Fact]
    public async Task Unit_WithRefusedValues_NamesWriteAndField()
    {
        await OrderAsync();
        var problem = await SendAsync("""
            {"writes":[
              {"table":"orders","key":"1","set":{"note":"x"},"base":{"note":null}},
              {"table":"order_lines","key":"1","set":{"quantity":0},"base":{"quantity":2}},
              {"table":"order_lines","insert":{"order_id":1,"product":"Rye"}},
              {"table":"order_lines","key":"2","set":{"quantity":9},"base":{}}]}
            """).ProblemAsync(422, "base");
        Assert.Equal([(3, "quantity")], Errors(problem));
        problem = await SendAsync("""
            {"writes":[
              {"table":"order_lines","key":"1","set":{"quantity":0},"base":{"quantity":2}},
              {"table":"order_lines","insert":{"order_id":1,"product":"Rye"}}]}
            """).ProblemAsync(422, "already used");
        Assert.Equal([(0, "quantity"), (1, "product")], Errors(problem));
    }

    [Fact]
    public async Task Trial_TellsEverythingSideBySideAndStoresNothing()
    {
        await OrderAsync();
        using var tom = _server.Client(TandemServer.AdministratorToken);
        await tom.SendAsync("PATCH", "/api/tables/orders/1", """{"note":"theirs"}""", "application/merge-patch+json").OkAsync();

        var answer = await SendAsync("""
            {"try":true,"writes":[
              {"table":"orders","key":"1","set":{"note":"mine"},"base":{"note":null}},
              {"table":"order_lines","insert":{"order_id":1,"product":"Oat","quantity":"many"}},
              {"table":"order_lines","key":"77","set":{"quantity":5},"base":{"quantity":2}},
              {"table":"order_lines","key":"1","set":{"quantity":3},"base":{"quantity":2}}]}
            """).OkAsync();

        Assert.Equal([JsonValueKind.Null, JsonValueKind.Null, JsonValueKind.Null, JsonValueKind.Object], answer.GetProperty("results").EnumerateArray().Select(r => r.ValueKind));
        Assert.Equal(3, answer.GetProperty("results")[3].GetProperty("record").GetProperty("quantity").GetInt32());
        Assert.Equal([(1, "product"), (1, "quantity")], Errors(answer).Order());
        Assert.Equal("theirs", Assert.Single(answer.GetProperty("conflicts").EnumerateArray().ToList()).GetProperty("theirs").GetString());
        Assert.Equal(2, Assert.Single(answer.GetProperty("gone").EnumerateArray().ToList()).GetProperty("write").GetInt32());
        Assert.Equal(2, (await _ann.SendAsync("GET", "/api/tables/order_lines/1").OkAsync()).GetProperty("quantity").GetInt32());
        Assert.Equal(2, await CountAsync("order_lines"));
    }

    [Fact]
    public async Task Undo_OfAnOperation_TakesBackAllOfItAndCanBeUndone()
    {
        await OrderAsync();
        await SendAsync("""{"operation":"more","writes":[{"table":"orders","key":"1","set":{"note":"x"},"base":{"note":null}},{"table":"order_lines","key":"1","set":{"quantity":9},"base":{"quantity":2}},{"table":"order_lines","key":"2","delete":true}]}""").OkAsync();

        var undone = await SendAsync("""{"operation":"more"}""", "/api/units/undo").OkAsync();
        Assert.Equal("undo more", undone.GetProperty("operation").GetString());
        Assert.Equal(2, (await _ann.SendAsync("GET", "/api/tables/order_lines/1").OkAsync()).GetProperty("quantity").GetInt32());
        Assert.Equal("Oat", (await _ann.SendAsync("GET", "/api/tables/order_lines/2").OkAsync()).GetProperty("product").GetString());

        await SendAsync("""{"operation":"undo more"}""", "/api/units/undo").OkAsync();
        Assert.Equal(9, (await _ann.SendAsync("GET", "/api/tables/order_lines/1").OkAsync()).GetProperty("quantity").GetInt32());
        Assert.Equal(1, await CountAsync("order_lines"));
    }

    [Fact]
    public async Task Undo_OfWhatOthersChangedSinceOrMade_IsRefused()
    {
        await OrderAsync();
        using var tom = _server.Client(TandemServer.AdministratorToken);
        await tom.SendAsync("PATCH", "/api/tables/order_lines/1", """{"quantity":4}""", "application/merge-patch+json").OkAsync();
        await SendAsync("""{"operation":"first order"}""", "/api/units/undo").ProblemAsync(409, "quantity");
        Assert.Equal(2, await CountAsync("order_lines"));

        await tom.SendAsync("POST", "/api/units", """{"operation":"hers","writes":[{"table":"orders","insert":{"customer":"Eve"}}]}""").OkAsync();
        await SendAsync("""{"operation":"hers"}""", "/api/units/undo").ProblemAsync(403, "administrator");
        await SendAsync("""{"operation":"nothing"}""", "/api/units/undo").ProblemAsync(404, "nothing");
        await tom.SendAsync("POST", "/api/units/undo", """{"operation":"hers"}""").OkAsync();
        Assert.Equal(1, await CountAsync("orders"));
    }

    [Fact]
    public async Task Revert_OfOneChange_PutsItsFieldsBack()
    {
        await OrderAsync();
        await SendAsync("""{"writes":[{"table":"order_lines","key":"1","set":{"quantity":9,"product":"Spelt"},"base":{"quantity":2,"product":"Rye"}}]}""").OkAsync();
        var history = await _ann.SendAsync("GET", "/api/tables/order_lines/1/history").OkAsync();
        var sequence = history.GetProperty("value")[0].GetProperty("sequence").GetInt64();

        await SendAsync($$"""{"sequence":{{sequence}}}""", "/api/tables/order_lines/1/revert").OkAsync();
        Assert.Equal("Rye", (await _ann.SendAsync("GET", "/api/tables/order_lines/1").OkAsync()).GetProperty("product").GetString());
        // Once more finds it done; where somebody went on since, it is a conflict.
        await SendAsync($$"""{"sequence":{{sequence}}}""", "/api/tables/order_lines/1/revert").OkAsync();
        await _ann.SendAsync("PATCH", "/api/tables/order_lines/1", """{"quantity":4}""", "application/merge-patch+json").OkAsync();
        await SendAsync($$"""{"sequence":{{sequence}}}""", "/api/tables/order_lines/1/revert").ProblemAsync(409, "quantity");
        await SendAsync("""{"sequence":4711}""", "/api/tables/order_lines/1/revert").ProblemAsync(404, "4711");
    }

    [Fact]
    public async Task Unit_OfSomebodyWhoMayNotOrThatCannotBeRead_IsRefusedWhole()
    {
        using var viewer = _server.Client(TandemServer.ViewerToken);
        const string Order = """{"writes":[{"table":"orders","insert":{"customer":"Mia"}}]}""";
        await viewer.SendAsync("POST", "/api/units", Order).ProblemAsync(403, "viewer");
        await viewer.SendAsync("POST", "/api/units", Order.Replace("{\"writes", "{\"try\":true,\"writes", StringComparison.Ordinal)).ProblemAsync(403, "viewer");
        await SendAsync("""{"writes":[{"table":"nothing","insert":{}}]}""").ProblemAsync(404, "nothing");
        await SendAsync("""{"writes":[{"table":"orders","insert":{},"delete":true,"key":"1"}]}""").ProblemAsync(400, "just one");
        await SendAsync("""{"writes":[{"table":"order_lines","insert":{"order_id":{"$new":"o"},"product":"Rye"}}]}""").ProblemAsync(422, "$new");
        await SendAsync("""{"writes":{}}""").ProblemAsync(400, "writes");
        await SendAsync($$"""{"writes":[{{string.Join(',', Enumerable.Repeat("{}", 10_001))}}]}""").ProblemAsync(400, "10000");
        await SendAsync($$"""{"operation":"{{new string('x', 8_000_000)}}","writes":[]}""").ProblemAsync(413, "8");
        Assert.Equal(0, await CountAsync("orders"));
    }

    [Theory]
    [InlineData("\"yes\"")]
    [InlineData("\"true\"")]
    [InlineData("1")]
    [InlineData("{}")]
    public async Task Flag_ThatIsNearlyTrue_IsRefusedAndNothingIsStored(string flag)
    {
        await SendAsync("""{"try":FLAG,"writes":[{"table":"orders","insert":{"customer":"Mia"}}]}""".Replace("FLAG", flag, StringComparison.Ordinal)).ProblemAsync(400, "'try'");
        Assert.Equal(0, await CountAsync("orders"));
        await OrderAsync();
        await SendAsync("""{"writes":[{"table":"orders","key":"1","delete":FLAG,"set":{"note":"x"},"base":{"note":null}}]}""".Replace("FLAG", flag, StringComparison.Ordinal)).ProblemAsync(400, "'delete'");
        await SendAsync("""{"try":null,"writes":[{"table":"orders","key":"1","delete":false,"set":{"note":"x"},"base":{"note":null}}]}""").OkAsync();
    }

    [Theory]
    [InlineData("\"1\"")]
    [InlineData("1.5")]
    [InlineData("null")]
    [InlineData("[1]")]
    public async Task Revert_OfASequenceThatIsNoNumber_NamesIt(string sequence)
    {
        await OrderAsync();
        await SendAsync($$"""{"sequence":{{sequence}}}""", "/api/tables/orders/1/revert").ProblemAsync(400, "'sequence'");
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("1")]
    [InlineData("null")]
    public async Task Body_ThatIsNoObject_IsRefused(string body)
    {
        await OrderAsync();
        foreach (var address in new[] { "/api/units", "/api/units/undo", "/api/tables/orders/1/revert" })
        {
            await SendAsync(body, address).ProblemAsync(400, "object");
        }
    }

    [Fact]
    public async Task Undo_OfALargeOperationWithARecordSomebodyChanged_LeavesThatOneAlone()
    {
        for (var unit = 0; unit < 2; unit++)
        {
            await SendAsync($$"""{"operation":"large","writes":[{{string.Join(',', Enumerable.Repeat("""{"table":"orders","insert":{"customer":"Mia"}}""", 5_500))}}]}""").OkAsync();
        }

        using var tom = _server.Client(TandemServer.AdministratorToken);
        await tom.SendAsync("PATCH", "/api/tables/orders/4000", """{"note":"theirs"}""", "application/merge-patch+json").OkAsync();
        for (var times = 0; times < 2; times++)
        {
            var undone = await SendAsync("""{"operation":"large"}""", "/api/units/undo").OkAsync();
            Assert.Equal((10_999, 11_000), (undone.GetProperty("takenBack").GetInt32(), undone.GetProperty("of").GetInt32()));
            Assert.Equal("10,999 of 11,000 taken back. 1 was changed by administrator since and stays.", undone.GetProperty("detail").GetString());
            var left = Assert.Single(undone.GetProperty("left").EnumerateArray().ToList());
            Assert.Equal(("orders", "4000", "administrator"), (left.GetProperty("table").GetString(), left.GetProperty("key").GetString(), left.GetProperty("by").GetString()));
            Assert.Equal(1, await CountAsync("orders"));
        }
    }

    private static IEnumerable<(int, string?)> Errors(JsonElement answer) =>
        answer.GetProperty("errors").EnumerateArray().Select(e => (e.GetProperty("write").GetInt32(), e.GetProperty("field").GetString()));
}
