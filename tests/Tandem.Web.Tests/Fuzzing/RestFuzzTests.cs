using Tandem.Specification.Servers;

namespace Tandem.Web.Tests.Fuzzing;

/// <summary>
/// Thousands of requests made from what the server says of itself. Another run of the same seed sends the same:
/// TANDEM_FUZZ_SEED and TANDEM_FUZZ_REQUESTS choose it and how many.
/// </summary>
public sealed class RestFuzzTests(ITestOutputHelper output) : IDisposable
{
    private const long MostKept = 300L * 1024 * 1024;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("SQLite")]
    [InlineData("PostgreSQL")]
    public async Task Api_AnyRequest_IsAnsweredOrRefusedWithAReason(string store)
    {
        var seed = FuzzSettings.Seed;
        output.WriteLine($"seed {seed}");
        await using var database = await FuzzDatabase.OpenAsync(store, _folder);
        var log = new ListLog();
        await using var server = await TandemServer.StartAsync(database, log: log);
        using var client = server.Client(TandemServer.AdministratorToken);
        var described = new Description(await client.SendAsync("GET", "/api/openapi.json").OkAsync());
        var maker = new RequestMaker(
            new Random(seed), described, server.Address.Authority,
            [TandemServer.AdministratorToken, TandemServer.AdministratorToken, TandemServer.AdministratorToken, TandemServer.EditorToken, TandemServer.EditorToken, TandemServer.ViewerToken]);
        var raw = new RawClient(server.Address);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        List<string> faults = [];
        var slowest = (Took: TimeSpan.Zero, What: "");
        Dictionary<int, int> statuses = [];
        for (var i = 0; i < FuzzSettings.Requests(2000) && faults.Count < 10; i++)
        {
            var request = maker.Next();
            var from = System.Diagnostics.Stopwatch.GetTimestamp();
            var answer = await raw.SendAsync(request.Head, request.Body, Http.Cancelled);
            statuses[answer.Status] = statuses.GetValueOrDefault(answer.Status) + 1;
            var took = System.Diagnostics.Stopwatch.GetElapsedTime(from);
            if (took > slowest.Took)
            {
                slowest = (took, request.Head.Split('\r')[0]);
            }

            if (Verdict.FaultOf(request, answer) is { } fault)
            {
                faults.Add($"request {i} {fault}\n{request}\n---\n{answer.Head}\n\n{answer.Body[..Math.Min(answer.Body.Length, 500)]}");
            }
        }

        output.WriteLine(string.Join(", ", statuses.OrderBy(s => s.Key).Select(s => $"{s.Key}: {s.Value}")));
        output.WriteLine($"slowest: {slowest.Took.TotalMilliseconds:0} ms for {slowest.What[..Math.Min(slowest.What.Length, 300)]}");
        Assert.True(faults.Count == 0, $"With seed {seed}:\n{string.Join("\n\n", faults)}\n{string.Join('\n', log.Entries.Select(e => e[..Math.Min(e.Length, 1500)]))}");
        // Many requests must get far, or nothing was tried.
        Assert.True(statuses.GetValueOrDefault(200) + statuses.GetValueOrDefault(201) > statuses.Values.Sum() / 10, "Nearly everything was refused.");
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, MostKept);
        using var still = await client.SendAsync("GET", "/api/tables/words?$first=1");
        Assert.Equal(200, (int)still.StatusCode);
    }
}
