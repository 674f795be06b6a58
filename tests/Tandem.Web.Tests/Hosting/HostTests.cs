using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tandem.Access;
using Tandem.Querying;
using Tandem.Tables;
using Tandem.Web.Tests.SignIn;

namespace Tandem.Web.Tests.Hosting;

public sealed class HostTests
{
    [Fact]
    public async Task A_read_only_server_writes_nothing_and_says_so()
    {
        var database = new ShamDatabase(Shop.Create()) { IsReadOnly = true };
        await using var server = await TandemServer.StartAsync(database);
        using var client = server.Client(TandemServer.AdministratorToken);
        await client.SendAsync("POST", "/api/tables/products", """{"name":"Rye"}""").ProblemAsync(403, "--read-only");
        await client.SendAsync("PATCH", "/api/tables/products/1", "{}", "application/merge-patch+json").ProblemAsync(403, "--read-only");
        await client.SendAsync("DELETE", "/api/tables/products/1").ProblemAsync(403, "--read-only");
        await client.SendAsync("PUT", "/api/tables/products/1/picture", "x").ProblemAsync(403, "--read-only");

        // People can still be let in; they are forgotten with the process.
        var invited = await client.SendAsync("POST", "/api/users", """{"name":"Mia","role":"editor"}""").OkAsync(HttpStatusCode.Created);
        using var mia = server.Client(invited.GetProperty("token").GetString());
        await mia.SendAsync("GET", "/api/tables/products").OkAsync();
        using var browser = server.Client(null);
        await browser.UseLinkAsync(invited.GetProperty("signInLink").GetString()!);
        await browser.SendAsync("GET", "/api/tables").OkAsync();
        using var removed = await client.SendAsync("DELETE", "/api/users/Mia");
        await mia.SendAsync("GET", "/api/tables/products").ProblemAsync(401, "sign");
    }

    [Fact]
    public async Task A_read_only_server_keeps_the_users_that_its_database_holds()
    {
        var inner = Shop.Create();
        const string Mia = """{"name":"Mia","role":"editor"}""", Ben = """{"name":"Ben","role":"editor"}""";
        await using (var server = await TandemServer.StartAsync(new ShamDatabase(inner)))
        {
            using var client = server.Client(TandemServer.AdministratorToken);
            await client.SendAsync("POST", "/api/users", Mia).OkAsync(HttpStatusCode.Created);
        }

        await using var second = await TandemServer.StartAsync(new ShamDatabase(inner) { IsReadOnly = true, HasSystemTables = true });
        using var administrator = second.Client(TandemServer.AdministratorToken);
        await administrator.SendAsync("DELETE", "/api/users/Mia").ProblemAsync(422, "--read-only");
        await administrator.SendAsync("POST", "/api/users", Ben).OkAsync(HttpStatusCode.Created);
        using var removed = await administrator.SendAsync("DELETE", "/api/users/Ben");
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        var users = await inner.FindSystem(SystemTables.UsersName)!.QueryAsync(new Query(), Http.Cancelled);
        Assert.Equal(["Mia"], users.Records.Select(r => r["name"]));
    }

    [Fact]
    public async Task Faults_tell_the_caller_what_to_do_and_the_log_why()
    {
        var database = new ShamDatabase(Shop.Create());
        var log = new ListLog();
        await using var server = await TandemServer.StartAsync(database, log: log);
        using var client = server.Client();
        database.Failure = new DatabaseUnavailableException("The database does not answer. Try again in a moment.", new TimeoutException("SELECT secret"));
        using (var response = await client.SendAsync("GET", "/api/tables/products"))
        {
            Assert.Equal(TimeSpan.FromSeconds(5), response.Headers.RetryAfter?.Delta);
        }

        await client.SendAsync("GET", "/api/tables/products").ProblemAsync(503, "does not answer");
        database.Failure = new InvalidDataException("SELECT secret FROM /var/lib/shop.db");
        var problem = await client.SendAsync("GET", "/api/tables/products").ProblemAsync(500, "log");
        Assert.DoesNotContain("SELECT", problem.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(" at ", problem.ToString(), StringComparison.Ordinal);
        Assert.Contains(log.Entries, e => e.Contains("/var/lib/shop.db", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_blocking_wait_is_logged_with_its_stack_when_asked_for()
    {
        var database = new ShamDatabase(Shop.Create());
        var log = new ListLog();
        await using var server = await TandemServer.StartAsync(database, log: log, configure: o => o.LogBlockingCalls = true);
        using var client = server.Client();
        await client.SendAsync("GET", "/api/tables/products").OkAsync();
        Assert.Empty(log.Entries);
#pragma warning disable VSTHRD002 // The wait is what is looked for.
        database.OnRead = () => Task.Delay(5, CancellationToken.None).Wait(CancellationToken.None);
#pragma warning restore VSTHRD002
        await client.SendAsync("GET", "/api/tables/products").OkAsync();
        Assert.Contains(log.Entries, e => e.Contains("GET /api/tables/products", StringComparison.Ordinal) && e.Contains(nameof(ShamDatabase), StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_database_closes_with_the_host_and_its_key_outlives_it()
    {
        var inner = Shop.Create();
        string cookie;
        var database = new ShamDatabase(inner);
        await using (var first = await TandemServer.StartAsync(database))
        {
            var code = await first.CodeAsync("editor");
            using var client = first.Client(null);
            using var signedIn = await client.SendAsync("GET", $"/sign-in?code={code}");
            cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
            await first.StopAsync();
            Assert.True(database.IsDisposed);
        }

        await using var second = await TandemServer.StartAsync(inner);
        using var later = second.Client(null);
        await later.SendAsync("GET", "/api/tables", headers: ("Cookie", cookie)).OkAsync();
    }

    [Fact]
    public async Task No_database_is_said_at_the_start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddTandem(_ => { });
        await using var app = builder.Build();
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync(Http.Cancelled));
        Assert.Contains("UseSqlite", e.Message, StringComparison.Ordinal);
    }
}
