using Microsoft.Data.Sqlite;
using Npgsql;
using Tandem.Live;
using Tandem.PostgreSql;
using Tandem.Relational.Tests.Sqlite;
using Tandem.Specification.Servers;
using Tandem.Specification.Tables;
using Tandem.Specification.Views;

namespace Tandem.Relational.Tests.Views;

/// <summary>Standing queries over random writes, Tandem's and another program's, compared with fresh queries of the database.</summary>
public sealed class ViewOracleTests
{
    private const string Change = "UPDATE goods SET stock = @stock, note = @note WHERE id % 3 = @third";
    private const string Add = "INSERT INTO goods (name, stock) VALUES (@name, @stock)";
    private const string Remove = "DELETE FROM goods WHERE id % 11 = @eleventh";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<LiveTableMode, bool, int> Seeds => new(
        from mode in new[] { LiveTableMode.Full, LiveTableMode.Bounded }
        from others in new[] { false, true }
        from seed in Enumerable.Range(0, 2).Select(_ => Random.Shared.Next())
        select (mode, others, seed));

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task StandingQueries_OnSqlite_EqualFreshQueries(LiveTableMode mode, bool others, int seed)
    {
        using var file = await SqliteFile.CreateAsync(Shop.Sqlite);
        await using var database = await file.OpenAsync(o => o.Poll = TimeSpan.FromMilliseconds(20));
        await using var other = new SqliteConnection($"Data Source={file.Path}");
        await other.OpenAsync(Token);
        await ViewOracle.RunAsync(
            database.Find("goods")!,
            new LiveTableOptions { Mode = mode, MaxEntries = 10 },
            seed,
            others ? random => ElsewhereAsync(random, (sql, values) => ExecuteAsync(other, sql, values)) : null,
            others ? null : async () => [.. (await database.HistoryAsync("goods", null, int.MaxValue, Token)).Reverse()]);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task StandingQueries_OnPostgreSql_EqualFreshQueries(LiveTableMode mode, bool others, int seed)
    {
        var server = await PgServer.LogicalAsync();
        var address = await server.CreateDatabaseAsync(Shop.PostgreSql, Token);
        await using var database = await PgDatabase.OpenAsync(address, null, null, Token);
        await using var other = new NpgsqlConnection(address);
        await other.OpenAsync(Token);
        await ViewOracle.RunAsync(
            database.Find("goods")!,
            new LiveTableOptions { Mode = mode, MaxEntries = 10 },
            seed,
            others ? random => ElsewhereAsync(random, (sql, values) => ExecuteAsync(other, sql, values)) : null);
    }

    private static Task ElsewhereAsync(Random random, Func<string, Dictionary<string, object>, Task> execute) => random.Next(3) switch
    {
        0 => execute(Change, new() { ["@stock"] = random.Next(8), ["@note"] = "pear", ["@third"] = random.Next(3) }),
        1 => execute(Add, new() { ["@name"] = Guid.NewGuid().ToString("N")[..12], ["@stock"] = random.Next(8) }),
        _ => execute(Remove, new() { ["@eleventh"] = random.Next(11) }),
    };

    private static async Task ExecuteAsync(System.Data.Common.DbConnection connection, string sql, Dictionary<string, object> values)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = connection is SqliteConnection ? "PRAGMA busy_timeout = 10000; " + sql : sql;
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        await command.ExecuteNonQueryAsync(Token);
    }
}
