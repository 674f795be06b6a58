using Tandem.Entities;
using Tandem.Specification.Access;
using Tandem.Tables;

namespace Tandem.Tests.Access;

/// <summary>Random rights in memory, compared with the slow reading of the rules.</summary>
public sealed class RightsOracleTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 10).Select(_ => Random.Shared.Next())];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task PermittedTable_RandomRightsAndQueries_GivesWhatTheRulesSay(int seed)
    {
        var token = TestContext.Current.CancellationToken;
        await using var database = new MemoryDatabase();
        await RightsOracle.FillAsync(database.Add(EntitySchema.Of(typeof(Deal), RightsOracle.Table)), token);
        for (var i = 0; i < 1_000; i++)
        {
            await RightsOracle.RunAsync(database, unchecked(seed + i), 1, token);
        }
    }
}
