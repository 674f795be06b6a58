using Tandem.Admin;
using Tandem.Specification.Servers;
using Tandem.Web.Tests.Access;

namespace Tandem.Web.Tests.Fuzzing;

/// <summary>Random requests to pages, forms and imports. TANDEM_FUZZ_SEED and TANDEM_FUZZ_REQUESTS choose the seed and how many.</summary>
public sealed class PageFuzzTests(ITestOutputHelper output) : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task Page_AnyRequest_IsAnsweredOrRefusedWithAPage(string store)
    {
        var seed = FuzzSettings.Seed;
        output.WriteLine($"seed {seed}");
        await using var database = await FuzzDatabase.OpenAsync(store, _folder);
        var log = new ListLog();
        await using var server = await TandemServer.StartAsync(database, map: app => app.MapTandemPages(), log: log);
        var ways = (await WaysIn.OfAsync(server)).Where(w => !w.Pattern.StartsWith("/api", StringComparison.Ordinal) && !w.Pattern.StartsWith("/_tandem/live", StringComparison.Ordinal)).ToList();
        string[] tables = ["products", "products", "orders", "words", "totals"];
        var maker = new PageRequestMaker(new Random(seed), ways, tables, server.Address.Authority, TandemServer.AdministratorToken);
        using var client = server.Client(TandemServer.AdministratorToken);
        foreach (var address in new[] { "/t/products", "/t/products/1", "/t/orders/A1,1", "/t/products/import", "/t/products/new", "/people", "/" })
        {
            using var page = await client.SendAsync("GET", address);
            maker.Learn(await page.Content.ReadAsStringAsync(Http.Cancelled), page.Headers.TryGetValues("Set-Cookie", out var set) ? set.First().Split(';')[0] : null);
        }

        var raw = new RawClient(server.Address);
        List<string> faults = [];
        Dictionary<int, int> statuses = [];
        for (var i = 0; i < FuzzSettings.Requests(800) && faults.Count < 10; i++)
        {
            var request = maker.Next();
            var answer = await raw.SendAsync(request.Head, request.Body, Http.Cancelled);
            statuses[answer.Status] = statuses.GetValueOrDefault(answer.Status) + 1;
            if (Verdict.FaultOfPage(request, answer) is { } fault)
            {
                faults.Add($"request {i} {fault}\n{request}\n---\n{answer.Head}\n\n{answer.Body[..Math.Min(answer.Body.Length, 500)]}");
            }
        }

        output.WriteLine(string.Join(", ", statuses.OrderBy(s => s.Key).Select(s => $"{s.Key}: {s.Value}")));
        Assert.True(faults.Count == 0, $"With seed {seed}:\n{string.Join("\n\n", faults)}\n{string.Join('\n', log.Entries.Select(e => e[..Math.Min(e.Length, 1500)]))}");
        Assert.True(statuses.GetValueOrDefault(200) > statuses.Values.Sum() / 10, "Nearly everything was refused.");
    }
}
