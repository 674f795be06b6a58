using System.Diagnostics;
using Tandem.Cli.Tests.Databases;
using Tandem.Cli.Tests.Http;
using Tandem.Cli.Tests.Processes;

namespace Tandem.Cli.Tests.Serving;

/// <summary>The command stops cleanly and soon, whoever is connected.</summary>
public sealed class StopTests(PgCluster cluster, ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Interrupt", false)]
    [InlineData("Terminate", false)]
    [InlineData("Interrupt", true)]
    [InlineData("Terminate", true)]
    public async Task Serve_SignalledWithOpenStreamsAndPages_StopsWithinTwoSeconds(string signal, bool isPostgreSql)
    {
        var database = isPostgreSql ? cluster.Address(await cluster.CreateChinookAsync()) : Sqlite.CopyChinook(_folder);
        await using var process = await TandemProcess.ServeAsync(database);
        using var every = new EventReader("/api/changes");
        using var one = new EventReader(isPostgreSql ? "/api/tables/genre/changes" : "/api/tables/Genre/changes");
        await every.ConnectAsync(process.Address);
        await one.ConnectAsync(process.Address);
        using var page = await LivePage.OpenAsync(process.Address);
        var ended = Task.WhenAll(every.NextAsync(), one.NextAsync());
        var watch = Stopwatch.StartNew();
        process.Send(Enum.Parse<Signal>(signal));
        Assert.Equal(0, await process.EndedAsync());
        output.WriteLine($"{signal}: stopped after {watch.Elapsed.TotalSeconds:0.00} s");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(2), $"It took {watch.Elapsed}.");
        Assert.All(await Within.SecondsAsync(5, ended, () => "the streams to end"), Assert.Null);
        Assert.Empty(process.Errors);
        Assert.EndsWith("(works once, within an hour; Ctrl+C stops)", process.Text, StringComparison.Ordinal);
    }
}
