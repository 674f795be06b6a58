using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Records;
using Tandem.Specification.Leases;
using Tandem.Tables;
using Tandem.Specification.Clocks;
using Tandem.Web.SignIn;
using Tandem.Web.Tests.Streams;

namespace Tandem.Web.Tests.Rest;

/// <summary>Users, tokens and groups over REST.</summary>
public sealed class AccountsTests
{
    [Fact]
    public async Task Users_AddedChangedAndRemoved_TellWhatTheyAre()
    {
        await using var server = await TandemServer.StartAsync();
        using var client = server.Client(TandemServer.AdministratorToken);
        var added = await client.SendAsync("POST", "/api/users", """{"name":"Nightly / import","kind":"service"}""").OkAsync(HttpStatusCode.Created);
        Assert.Null(added.GetProperty("signInLink").GetString());
        const string Address = "/api/users/Nightly%20%2F%20import";
        var user = await client.SendAsync("GET", Address).OkAsync();
        Assert.Equal(("service", "member", false, true), (user.GetProperty("kind").GetString(), user.GetProperty("role").GetString(), user.GetProperty("isDisabled").GetBoolean(), user.GetProperty("mayUseApi").GetBoolean()));

        var changed = await client.SendAsync("PATCH", Address, """{"role":"viewer","email":"ops@example.org","mayUseApi":false}""", "application/merge-patch+json").OkAsync();
        Assert.Equal(("viewer", "ops@example.org", false), (changed.GetProperty("role").GetString(), changed.GetProperty("email").GetString(), changed.GetProperty("mayUseApi").GetBoolean()));
        await client.SendAsync("PATCH", Address, """{"role":"boss"}""").ProblemAsync(422, "member");
        await client.SendAsync("PATCH", Address, """{"password_hash":"x"}""").ProblemAsync(422, "password_hash");
        await client.SendAsync("PATCH", Address, """{"\ud800":"x"}""").ProblemAsync(400, "Unicode");
        await client.SendAsync("PATCH", "/api/users/viewer", """{"role":"editor"}""").ProblemAsync(403, "options");
        await client.SendAsync("POST", Address + "/link").ProblemAsync(422, "token");
        await client.SendAsync("PATCH", "/api/users/nobody", "{}").ProblemAsync(404, "nobody");
        await client.SendAsync("PUT", Address, "{}").ProblemAsync(405, "GET, PATCH, DELETE");
        using var removed = await client.SendAsync("DELETE", Address);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        await client.SendAsync("GET", Address).ProblemAsync(404, "Nightly");
    }

    [Theory]
    [InlineData("GET", "/api/users/editor")]
    [InlineData("PATCH", "/api/users/editor")]
    [InlineData("POST", "/api/users/editor/link")]
    [InlineData("POST", "/api/users/editor/sign-out")]
    [InlineData("GET", "/api/users/editor/tokens")]
    [InlineData("POST", "/api/users/editor/tokens")]
    [InlineData("DELETE", "/api/users/editor/tokens/1")]
    [InlineData("GET", "/api/groups")]
    [InlineData("POST", "/api/groups")]
    [InlineData("GET", "/api/groups/staff")]
    [InlineData("PATCH", "/api/groups/staff")]
    [InlineData("DELETE", "/api/groups/staff")]
    [InlineData("PUT", "/api/groups/staff/users/editor")]
    [InlineData("DELETE", "/api/groups/staff/groups/bakers")]
    public async Task Accounts_AskedForByAnEditor_AreRefused(string method, string address)
    {
        await using var server = await TandemServer.StartAsync();
        using var client = server.Client();
        await client.SendAsync(method, address, method == "GET" ? null : "{}").ProblemAsync(403, "administrator");
    }

    [Fact]
    public async Task Tokens_OfOneProgram_EndEachByItself()
    {
        var clock = new StillClock();
        await using var server = await TandemServer.StartAsync(services: s => s.AddSingleton<TimeProvider>(clock));
        using var client = server.Client(TandemServer.AdministratorToken);
        var first = (await client.SendAsync("POST", "/api/users", """{"name":"Robot","kind":"service","role":"editor"}""").OkAsync(HttpStatusCode.Created)).GetProperty("token").GetString()!;
        var ends = ValueText.Plain(clock.GetUtcNow().AddHours(1));
        var second = await client.SendAsync("POST", "/api/users/Robot/tokens", $$"""{"name":"nightly","scopes":"view change:products","expiresAt":"{{ends}}"}""").OkAsync(HttpStatusCode.Created);
        await client.SendAsync("POST", "/api/users/Robot/tokens", """{"name":""}""").ProblemAsync(422, "what the token is for");
        await client.SendAsync("POST", "/api/users/Robot/tokens", """{"name":"x","scopes":"dance"}""").ProblemAsync(422, "'dance' is no scope");
        await client.SendAsync("POST", "/api/users/Robot/tokens", """{"name":"x","expiresAt":"2020-01-01"}""").ProblemAsync(422, "still to come");
        await client.SendAsync("POST", "/api/users/Robot/tokens", """{"name":"x","expiresAt":"soon"}""").ProblemAsync(422, "expiresAt");

        using var robot = server.Client(first);
        using var nightly = server.Client(second.GetProperty("token").GetString());
        await robot.SendAsync("GET", "/api/tables").OkAsync();
        await nightly.SendAsync("GET", "/api/tables").OkAsync();
        var list = (await client.SendAsync("GET", "/api/users/Robot/tokens").OkAsync()).GetProperty("value");
        Assert.Equal(["view change:products", null], list.EnumerateArray().OrderBy(t => t.GetProperty("name").GetString() != "nightly").Select(t => t.GetProperty("scopes").GetString()));
        Assert.DoesNotContain("digest", list.ToString(), StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromHours(1));
        await nightly.SendAsync("GET", "/api/tables").ProblemAsync(401, "expired");
        var id = list.EnumerateArray().Single(t => t.GetProperty("name").GetString() == "first token").GetProperty("id").GetString();
        using var revoked = await client.SendAsync("DELETE", $"/api/users/Robot/tokens/{id}");
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        await robot.SendAsync("GET", "/api/tables").ProblemAsync(401, "revoked");
        await client.SendAsync("DELETE", "/api/users/Robot/tokens/none").ProblemAsync(404, "no token");
        await client.SendAsync("DELETE", $"/api/users/viewer/tokens/{id}").ProblemAsync(404, "no token");
    }

    [Fact]
    public async Task Token_Used_IsNotedOnceAMinute()
    {
        var clock = new StillClock();
        await using var server = await TandemServer.StartAsync(services: s => s.AddSingleton<TimeProvider>(clock));
        using var client = server.Client(TandemServer.AdministratorToken);
        var token = (await client.SendAsync("POST", "/api/users", """{"name":"Robot","kind":"service","role":"viewer"}""").OkAsync(HttpStatusCode.Created)).GetProperty("token").GetString()!;
        var users = server.Services.GetRequiredService<UserStore>();
        using var robot = server.Client(token);
        for (var i = 0; i < 2; i++)
        {
            var noted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            void Hear(string table)
            {
                if (users.TokensOf("Robot")[0].LastUsedAt == clock.GetUtcNow())
                {
                    noted.TrySetResult();
                }
            }

            users.Heard += Hear;
            // While one note is being written others are passed over; a later request brings it.
            for (var asked = 0; !noted.Task.IsCompleted; asked++)
            {
                Assert.True(asked < 10_000, "The use was not noted.");
                await robot.SendAsync("GET", "/api/tables").OkAsync();
            }

            users.Heard -= Hear;
            for (var j = 0; j < 5; j++)
            {
                await robot.SendAsync("GET", "/api/tables").OkAsync();
            }

            clock.Advance(TimeSpan.FromMinutes(1));
        }

        var tokens = server.Tandem.Database.FindSystem(SystemTables.TokensName)!;
        Assert.Equal(2, (await tokens.HistoryAsync(new RecordKey(users.TokensOf("Robot")[0].Id), 100, Http.Cancelled)).Count(c => c.Kind == Changes.ChangeKind.Update));
    }

    [Fact]
    public async Task Programs_OfAnAccountWithoutRestAccess_AreForbiddenAndPeopleGoOn()
    {
        await using var server = await TandemServer.StartAsync();
        using var client = server.Client(TandemServer.AdministratorToken);
        var invited = await client.SendAsync("POST", "/api/users", """{"name":"Mia","role":"editor"}""").OkAsync(HttpStatusCode.Created);
        using var mia = server.Client(invited.GetProperty("token").GetString());
        using var browser = server.Client(null);
        await SignIn.Forms.UseLinkAsync(browser, invited.GetProperty("signInLink").GetString()!);
        await client.SendAsync("PATCH", "/api/users/Mia", """{"mayUseApi":false}""").OkAsync();
        await mia.SendAsync("GET", "/api/tables").ProblemAsync(403, "REST access");
        await browser.SendAsync("GET", "/api/tables").OkAsync();
        await client.SendAsync("PATCH", "/api/users/Mia", """{"mayUseApi":true,"isDisabled":true}""").OkAsync();
        await mia.SendAsync("GET", "/api/tables").ProblemAsync(403, "switched off");
        await client.SendAsync("PATCH", "/api/users/Mia", """{"isDisabled":false}""").OkAsync();
        await mia.SendAsync("GET", "/api/tables").OkAsync();
    }

    [Fact]
    public async Task Stream_OfATokenThatIsRevoked_Ends()
    {
        await using var server = await TandemServer.StartAsync();
        using var client = server.Client(TandemServer.AdministratorToken);
        var token = (await client.SendAsync("POST", "/api/users", """{"name":"Robot","kind":"service","role":"viewer"}""").OkAsync(HttpStatusCode.Created)).GetProperty("token").GetString()!;
        using var robot = server.Client(token);
        await using var reader = await EventReader.OpenAsync(robot, "/api/changes");
        var id = (await client.SendAsync("GET", "/api/users/Robot/tokens").OkAsync()).GetProperty("value")[0].GetProperty("id").GetString();
        using var revoked = await client.SendAsync("DELETE", $"/api/users/Robot/tokens/{id}");
        Assert.Null(await reader.NextAsync());
    }

    [Fact]
    public async Task Stream_OfATokenThatExpires_Ends()
    {
        var clock = new FakeClock();
        await using var server = await TandemServer.StartAsync(services: s => s.AddSingleton<TimeProvider>(clock));
        using var client = server.Client(TandemServer.AdministratorToken);
        await client.SendAsync("POST", "/api/users", """{"name":"Robot","kind":"service","role":"viewer"}""").OkAsync(HttpStatusCode.Created);
        var ends = ValueText.Plain(clock.GetUtcNow().AddHours(1));
        var made = await client.SendAsync("POST", "/api/users/Robot/tokens", $$"""{"name":"for an hour","expiresAt":"{{ends}}"}""").OkAsync(HttpStatusCode.Created);
        using var robot = server.Client(made.GetProperty("token").GetString());
        await using var reader = await EventReader.OpenAsync(robot, "/api/changes");
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(await reader.NextAsync());
        await robot.SendAsync("GET", "/api/tables").ProblemAsync(401, "expired");
    }

    [Fact]
    public async Task Groups_AddedFilledAndRemoved_ShowInTheirMembers()
    {
        await using var server = await TandemServer.StartAsync();
        using var client = server.Client(TandemServer.AdministratorToken);
        await client.SendAsync("POST", "/api/groups", """{"name":"staff","label":"All staff","help":"Everybody who works here"}""").OkAsync(HttpStatusCode.Created);
        await client.SendAsync("POST", "/api/groups", """{"name":"bakers"}""").OkAsync(HttpStatusCode.Created);
        await client.SendAsync("POST", "/api/groups", """{"name":"bakers"}""").ProblemAsync(422, "already");
        async Task<HttpStatusCode> SendAsync(string method, string address)
        {
            using var answer = await client.SendAsync(method, address);
            return answer.StatusCode;
        }

        Assert.Equal(HttpStatusCode.NoContent, await SendAsync("PUT", "/api/groups/staff/groups/bakers"));
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync("PUT", "/api/groups/bakers/users/editor"));
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync("PUT", "/api/groups/bakers/users/editor"));
        await client.SendAsync("PUT", "/api/groups/bakers/groups/staff").ProblemAsync(422, "circle");
        await client.SendAsync("PUT", "/api/groups/bakers/users/nobody").ProblemAsync(404, "nobody");
        await client.SendAsync("PUT", "/api/groups/bakers/groups/nothing").ProblemAsync(422, "nothing");
        await client.SendAsync("PUT", "/api/groups/nothing/users/editor").ProblemAsync(404, "nothing");
        var editor = await client.SendAsync("GET", "/api/users/editor").OkAsync();
        Assert.Equal(["bakers"], editor.GetProperty("groups").EnumerateArray().Select(g => g.GetString()));
        Assert.Equal(["bakers", "staff"], editor.GetProperty("effectiveGroups").EnumerateArray().Select(g => g.GetString()));
        var staff = await client.SendAsync("PATCH", "/api/groups/staff", """{"label":"Staff"}""", "application/merge-patch+json").OkAsync();
        Assert.Equal(("Staff", "Everybody who works here", "bakers"), (staff.GetProperty("label").GetString(), staff.GetProperty("help").GetString(), staff.GetProperty("groups")[0].GetString()));
        await client.SendAsync("PATCH", "/api/groups/staff", """{"name":"x"}""").ProblemAsync(422, "name");

        Assert.Equal(HttpStatusCode.NoContent, await SendAsync("DELETE", "/api/groups/staff"));
        Assert.Equal(["bakers"], (await client.SendAsync("GET", "/api/users/editor").OkAsync()).GetProperty("effectiveGroups").EnumerateArray().Select(g => g.GetString()));
        Assert.Equal(HttpStatusCode.NoContent, await SendAsync("DELETE", "/api/groups/bakers/users/editor"));
        await client.SendAsync("DELETE", "/api/groups/bakers/users/editor").ProblemAsync(404, "is not in");
    }
}
