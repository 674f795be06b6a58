using Tandem.PostgreSql;
using Tandem.Relational.Tests.Sqlite;
using Tandem.Specification.Access;
using Tandem.Specification.Servers;
using Tandem.Tables;

namespace Tandem.Relational.Tests.Access;

/// <summary>Random rights compiled to SQL, compared with the slow reading of the rules: 10,000 queries on each database.</summary>
public sealed class RightsOracleTests
{
    private const int Sets = 100;
    private const int QueriesOfASet = 25;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 4).Select(_ => Random.Shared.Next())];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task PermittedTable_OnSqlite_GivesWhatTheRulesSay(int seed)
    {
        using var file = await SqliteFile.CreateAsync(RightsOracle.Sqlite);
        await using var database = await file.OpenAsync();
        await RunAsync(database, seed);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task PermittedTable_OnPostgreSql_GivesWhatTheRulesSay(int seed)
    {
        var server = await PgServer.LogicalAsync();
        await using var database = await PgDatabase.OpenAsync(await server.CreateDatabaseAsync(RightsOracle.PostgreSql, Token), null, null, Token);
        await RunAsync(database, seed);
    }

    private static async Task RunAsync(IDatabase database, int seed)
    {
        await RightsOracle.FillAsync(database.Find(RightsOracle.Table)!, Token);
        for (var i = 0; i < Sets; i++)
        {
            await RightsOracle.RunAsync(database, unchecked(seed + i), QueriesOfASet, Token);
        }
    }
}
