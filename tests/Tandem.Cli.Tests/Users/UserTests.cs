using System.Net;
using Tandem.Cli.Tests.Databases;
using Tandem.Cli.Tests.Http;
using Tandem.Cli.Tests.Processes;

namespace Tandem.Cli.Tests.Users;

/// <summary><c>tandem user</c> beside a running server, which hears of each change by its feed, on both databases.</summary>
public sealed class UserTests(PgCluster cluster)
{
    private const string Password = "a long and quiet evening";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Users_ChangedOnTheCommandLine_CountOnTheRunningServer(bool isPostgreSql)
    {
        await using Stage stage = isPostgreSql ? await PgStage.CreateAsync(cluster) : new SqliteStage();
        await using var server = await TandemProcess.ServeAsync(stage.Address, "--poll", "50ms");

        var added = await UserAsync(stage, "", "add", "Robot", "--service", "--role", "viewer");
        Assert.Equal(0, added.Code);
        using var robot = new ApiClient(server, Assert.Single(added.Output));
        await UntilAsync(robot, HttpStatusCode.OK);

        var token = await UserAsync(stage, "", "token", "Robot", "--for", "nightly", "--scopes", "view", "--days", "30");
        using var nightly = new ApiClient(server, Assert.Single(token.Output));
        await UntilAsync(nightly, HttpStatusCode.OK);

        Assert.Equal(["Robot is switched off."], (await UserAsync(stage, "", "disable", "Robot")).Output);
        await UntilAsync(robot, HttpStatusCode.Forbidden);
        Assert.Contains("Robot\tviewer\tservice\tdisabled", (await UserAsync(stage, "", "list")).Output);
        await UserAsync(stage, "", "enable", "Robot");
        await UntilAsync(nightly, HttpStatusCode.OK);
    }

    [Fact]
    public async Task Password_ReadFromTheInput_SignsIn()
    {
        await using var stage = new SqliteStage();
        Assert.Equal(["Added Mia with a password."], (await UserAsync(stage, Password, "add", "Mia", "--role", "editor", "--password")).Output);
        Assert.Equal(["The password of administrator is set."], (await UserAsync(stage, Password, "password", "administrator")).Output);
        await using var server = await TandemProcess.ServeAsync(stage.Address);
        foreach (var name in new[] { "Mia", "administrator" })
        {
            using var browser = new FormBrowser();
            await browser.SignInAsync(server.Address, Password, name);
            Assert.NotNull(await browser.OpenAsync(new Uri(server.Address, "/account")));
        }
    }

    [Fact]
    public async Task Wrong_Values_SayTheRemedy()
    {
        await using var stage = new SqliteStage();
        await SaysAsync("Choose a password of at least 12 characters; a few words in a row are easy to keep in mind.", "short", "add", "Mia", "--password");
        await SaysAsync("There is no user 'Mia'. 'tandem user list' says who there is.", "", "disable", "Mia");
        Assert.StartsWith("/sign-in?code=", Assert.Single((await UserAsync(stage, "", "add", "Mia")).Output), StringComparison.Ordinal);
        await SaysAsync("There is a user named 'Mia' already. Choose another name.", "", "add", "Mia");
        await SaysAsync("A program's account has no password. Leave out --password.", "", "add", "Robot", "--service", "--password");
        await SaysAsync("--days 0 is no number of days. Write 1 to 36500, or leave it out.", "", "token", "Mia", "--days", "0");

        async Task SaysAsync(string said, string input, params string[] arguments)
        {
            var (code, output, errors) = await UserAsync(stage, input, arguments);
            Assert.Equal((2, 0), (code, output.Count));
            Assert.Equal(["tandem: " + said], errors);
        }
    }

    private static Task<(int Code, IReadOnlyList<string> Output, IReadOnlyList<string> Errors)> UserAsync(Stage stage, string input, params string[] arguments) =>
        TandemProcess.RunAsync(null, input, ["user", .. arguments, "--database", stage.Address]);

    /// <summary>Asks until the answer is what it should come to be.</summary>
    private static Task UntilAsync(ApiClient client, HttpStatusCode status)
    {
        var last = HttpStatusCode.Unused;
        return Within.SecondsAsync(20, AskAsync(), () => $"an answer of {status}; the last was {last}");

        async Task AskAsync()
        {
            while (last != status)
            {
                using var answer = await client.GetAsync("/api/tables");
                last = answer.StatusCode;
            }
        }
    }
}
