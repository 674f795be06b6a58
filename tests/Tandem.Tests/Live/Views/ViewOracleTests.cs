using Tandem.Live;
using Tandem.Specification.Tables;
using Tandem.Specification.Views;

namespace Tandem.Tests.Live.Views;

public sealed class ViewOracleTests
{
    public static TheoryData<LiveTableMode, int> Seeds => new(
        from mode in new[] { LiveTableMode.Full, LiveTableMode.Bounded }
        from seed in Enumerable.Range(0, 60).Select(_ => Random.Shared.Next())
        select (mode, seed));

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task StandingQueries_OverRandomWrites_EqualFreshQueries(LiveTableMode mode, int seed)
    {
        await using var database = Shop.InMemory();
        await ViewOracle.RunAsync(database.Find("goods")!, new LiveTableOptions { Mode = mode, MaxEntries = 10 }, seed,
            journal: async () => [.. (await database.HistoryAsync("goods", null, int.MaxValue, TestContext.Current.CancellationToken)).Reverse()]);
    }
}
