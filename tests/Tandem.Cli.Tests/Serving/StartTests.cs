using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Tandem.Cli.Tests.Databases;
using Tandem.Cli.Tests.Http;
using Tandem.Cli.Tests.Processes;

namespace Tandem.Cli.Tests.Serving;

/// <summary>What the command says and does when it starts.</summary>
public sealed class StartTests(PgCluster cluster, ITestOutputHelper output) : IDisposable
{
    private static readonly CancellationToken s_cancelled = TestContext.Current.CancellationToken;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Serve_SqliteFile_SaysWhatItServesAndMade()
    {
        await using var process = await TandemProcess.ServeAsync(Chinook());
        Measure("Chinook on SQLite", process);
        Assert.Matches(@"\ATandem \d+\.\d+\.\d+ serves chinook\.db \(SQLite \d", process.Text);
        Assert.Contains("  11 tables, 15,607 records\n", process.Text, StringComparison.Ordinal);
        Assert.Contains("  other programs' writes to watched records are noticed every 200 ms (data_version)\n", process.Text, StringComparison.Ordinal);
        Assert.Contains("  put the file in WAL mode", process.Text, StringComparison.Ordinal);
        Assert.Contains("  made Tandem's own tables: tandem_journal, tandem_settings, tandem_leases, tandem_views, tandem_users, tandem_groups, tandem_members, tandem_tokens, tandem_links, tandem_grants, tandem_view_as\n", process.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("warning", process.Text, StringComparison.Ordinal);
        Assert.StartsWith(process.Address.ToString(), process.SignInLink.ToString(), StringComparison.Ordinal);
        Assert.Empty(process.Errors);
    }

    [Fact]
    public async Task Serve_PostgreSqlDatabase_SaysWhatItServesAndMade()
    {
        var name = await cluster.CreateChinookAsync();
        await using var process = await TandemProcess.ServeAsync(cluster.Address(name));
        Measure("Chinook on PostgreSQL", process);
        Assert.Contains($" serves {name} (PostgreSQL ", process.Text, StringComparison.Ordinal);
        Assert.Contains("  11 tables, 15,607 records\n", process.Text, StringComparison.Ordinal);
        Assert.Contains("  other programs' writes are heard at once (logical replication)\n", process.Text, StringComparison.Ordinal);
        Assert.Contains("  made Tandem's own tables: journal, users, settings and leases in schema tandem\n", process.Text, StringComparison.Ordinal);
        Assert.Contains("  made the publication tandem, through which other programs' writes are heard\n", process.Text, StringComparison.Ordinal);
        Assert.Empty(process.Errors);
    }

    [Fact]
    public async Task Serve_WithTriggersThatNotify_SaysHowOthersAreHeard()
    {
        await using var process = TandemProcess.Start(_folder.Path, "serve", cluster.Address(await cluster.CreateChinookAsync()), "--urls", "http://127.0.0.1:0", "--no-replication", "--notify", "--keep-journal", "90d");
        await process.ServedAsync();
        Assert.Contains("  other programs' writes are heard at once (triggers that notify,", process.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_EmptyFile_IsAnEmptyDatabase()
    {
        await File.WriteAllBytesAsync(_folder.File("empty.db"), [], s_cancelled);
        await using var process = await TandemProcess.ServeAsync(_folder.File("empty.db"));
        Assert.Contains("  0 tables, 0 records\n", process.Text, StringComparison.Ordinal);
        using var client = new ApiClient(process);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/tables")).StatusCode);
        using var browser = new HttpClient { BaseAddress = process.Address };
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(process.SignInLink, s_cancelled)).StatusCode);
    }

    [Fact]
    public async Task Serve_ListeningWideWithoutTls_Warns()
    {
        await using var process = TandemProcess.Start(_folder.Path, "serve", Chinook(), "--urls", "http://0.0.0.0:0");
        await process.ServedAsync();
        Assert.Matches(@"  warning: http://0\.0\.0\.0:\d+ can be reached from other machines without TLS; .+ Put a TLS proxy in front or use https\.\n", process.Text);
    }

    [Fact]
    public async Task SignInLink_UsedTwice_WorksOnce()
    {
        await using var process = await TandemProcess.ServeAsync(Chinook());
        using var first = new HttpClient();
        var home = await first.GetStringAsync(process.SignInLink, s_cancelled);
        Assert.Contains("administrator", home, StringComparison.Ordinal);
        using var second = new HttpClient();
        var again = await second.GetAsync(process.SignInLink, s_cancelled);
        Assert.Equal("/sign-in", again.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal("?error=link", again.RequestMessage.RequestUri.Query);
    }

    [Fact]
    public async Task Serve_WithTokens_KnowsTheirRoles()
    {
        await using var process = await TandemProcess.ServeAsync(Chinook());
        foreach (var (token, reads, writes, invites) in new[]
        {
            (TandemProcess.AdministratorToken, 200, 200, 200),
            (TandemProcess.EditorToken, 200, 200, 403),
            (TandemProcess.ViewerToken, 200, 403, 403),
            ("another", 401, 401, 401),
        })
        {
            using var client = new ApiClient(process, token);
            Assert.Equal(reads, (int)(await client.GetAsync("/api/tables/Genre/1")).StatusCode);
            Assert.Equal(writes, (int)(await client.MergeAsync("/api/tables/Genre/1", """{"Name":"Rock"}""")).StatusCode);
            Assert.Equal(invites, (int)(await client.GetAsync("/api/users")).StatusCode);
        }
    }

    [Theory]
    [InlineData("delete", false)]
    [InlineData("wal", false)]
    [InlineData("wal", true)]
    public async Task Serve_ReadOnly_ChangesNotOneByteAndRefusesWritesSayingWhy(string mode, bool hasLog)
    {
        var file = Chinook();
        using (var other = Sqlite.Open(file))
        {
            Sqlite.Execute(other, $"PRAGMA journal_mode = {mode}");
        }

        if (hasLog)
        {
            LeaveLog(file);
        }

        var before = Digest();
        await using (var process = await TandemProcess.ServeAsync(file, "--read-only"))
        {
            Assert.Contains("nothing is written (--read-only)", process.Text, StringComparison.Ordinal);
            using var client = new ApiClient(process);
            var (record, _) = await client.RecordAsync("/api/tables/Genre/1");
            Assert.Equal(hasLog ? "Stone" : "Rock", (string?)record["Name"]);
            foreach (var answer in new[]
            {
                await client.MergeAsync("/api/tables/Genre/1", """{"Name":"Pebble"}"""),
                await client.PatchAsync("/api/tables/Genre/1", """{"set":{"Name":"Pebble"},"base":{"Name":"Rock"}}"""),
                await client.CreateAsync("/api/tables/Genre", """{"Name":"Pebble"}"""),
                await client.DeleteAsync("/api/tables/Genre/1"),
            })
            {
                Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
                Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
                Assert.Contains("read-only", await answer.Content.ReadAsStringAsync(s_cancelled), StringComparison.Ordinal);
            }

            process.Send(Signal.Interrupt);
            Assert.Equal(0, await process.EndedAsync());
        }

        Assert.Equal(before, Digest());
    }

    [Fact]
    public async Task Serve_PostgreSqlReadOnly_MakesNothing()
    {
        var name = await cluster.CreateChinookAsync();
        await using (var process = await TandemProcess.ServeAsync(cluster.Address(name), "--read-only"))
        {
            Assert.Contains("nothing is written (--read-only)", process.Text, StringComparison.Ordinal);
            using var client = new ApiClient(process);
            var answer = await client.MergeAsync("/api/tables/genre/1", """{"name":"Pebble"}""");
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.Contains("read-only", await answer.Content.ReadAsStringAsync(s_cancelled), StringComparison.Ordinal);
        }

        Assert.Equal(0, await cluster.ScalarAsync<long>(name, "SELECT count(*) FROM pg_namespace WHERE nspname = 'tandem'"));
        Assert.Equal(0, await cluster.ScalarAsync<long>(name, "SELECT count(*) FROM pg_publication"));
        Assert.Equal("Rock", await cluster.ScalarAsync<string>(name, "SELECT name FROM genre WHERE genre_id = 1"));
    }

    [Fact]
    public async Task Help_AnyCommand_CallsTheProgramWhatPeopleType()
    {
        foreach (var (arguments, usage) in new[] { ("--help", "tandem [command] [options]"), ("serve --help", "tandem serve [<DATABASE>] [options]") })
        {
            await using var process = TandemProcess.Start(_folder.Path, arguments.Split(' '));
            Assert.Equal(0, await process.EndedAsync());
            Assert.Contains("  " + usage, process.Output);
            Assert.DoesNotContain("Tandem.Cli", process.Text, StringComparison.Ordinal);
            Assert.Empty(process.Errors);
        }

        await using var version = TandemProcess.Start(_folder.Path, "--version");
        Assert.Equal(0, await version.EndedAsync());
        Assert.Matches(new Regex(@"^\d+\.\d+\.\d+"), version.Text);

        await using var bare = TandemProcess.Start(_folder.Path);
        Assert.Equal(2, await bare.EndedAsync());
        Assert.Contains("Usage:", bare.Output);
    }

    /// <summary>Leaves the file as a program that died does: with committed records that are in its log alone.</summary>
    private void LeaveLog(string file)
    {
        using (var other = Sqlite.Open(file))
        {
            Sqlite.Execute(other, "PRAGMA wal_autocheckpoint = 0; UPDATE Genre SET Name = 'Stone' WHERE GenreId = 1");
            foreach (var part in Directory.GetFiles(_folder.Path))
            {
                File.Copy(part, part + ".kept");
            }
        }

        foreach (var kept in Directory.GetFiles(_folder.Path, "*.kept"))
        {
            File.Move(kept, kept[..^".kept".Length], overwrite: true);
        }
    }

    private string Chinook() => Sqlite.CopyChinook(_folder);

    private string Digest() => string.Join('\n', Directory.GetFiles(_folder.Path).Order().Select(f => $"{f} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(f)))}"));

    private void Measure(string what, TandemProcess process)
    {
        output.WriteLine($"{what}: served {process.ServedAfter.TotalSeconds:0.00} s after the process began");
        Assert.True(process.ServedAfter < TimeSpan.FromSeconds(15));
    }
}
