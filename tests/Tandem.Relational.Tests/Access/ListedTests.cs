using Tandem.Querying;
using Tandem.Relational.Sql;
using Tandem.Relational.Tests.Sqlite;
using Tandem.Specification.Access;
using Tandem.Sqlite;

namespace Tandem.Relational.Tests.Access;

/// <summary>How keys that another table lists are asked for.</summary>
public sealed class ListedTests
{
    [Theory]
    [InlineData(50, " IN (SELECT ")]
    [InlineData(500_000, "EXISTS (SELECT 1 ")]
    public async Task Listed_OnSqlite_IsReadWholeOrAskedForEachRecord(int count, string way)
    {
        using var file = await SqliteFile.CreateAsync(RightsOracle.Sqlite);
        await using var database = await file.OpenAsync();
        var map = ((SqliteTable)database.Find(RightsOracle.Table)!).Map;
        var filter = new Filter.Listed(new KeyList("tandem_grants", "record_number", Filter.Eq("subject", "ann"), count, _ => true));

        var sql = FilterCompiler.Compile(filter, map, SqliteDialect.Instance, new SqlText());

        Assert.Contains(way, sql, StringComparison.Ordinal);
    }
}
