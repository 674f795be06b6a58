using Npgsql;
using Tandem.PostgreSql;
using Tandem.Relational.Tests.Sqlite;
using Tandem.Specification.Servers;

namespace Tandem.Relational.Tests;

/// <summary>The writers' storm on each database. Alone on the machine, since it is a storm.</summary>
[Collection("storm")]
public sealed class StormTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Storm_OnSqlite_LosesNothingAndTellsEverythingOnce()
    {
        using var file = await SqliteFile.CreateAsync(WriterStorm.Script);
        await using var database = await file.OpenAsync();
        await WriterStorm.RunAsync(
            database,
            async stop =>
            {
                await using var connection = await file.ConnectAsync();
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    await using var command = connection.CreateCommand();
                    command.CommandText = $"BEGIN IMMEDIATE; INSERT INTO aside (number) VALUES ({i}); UPDATE aside SET number = number + 1; {(i % 2 == 0 ? "ROLLBACK" : "COMMIT")}";
                    await command.ExecuteNonQueryAsync(stop);
                    await Task.Yield();
                }
            },
            Token);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public async Task Storm_OnPostgreSql_LosesNothingAndTellsEverythingOnce(bool replicates, bool notifies)
    {
        var server = replicates ? await PgServer.LogicalAsync() : await PgServer.ReplicaAsync();
        var address = await server.CreateDatabaseAsync(WriterStorm.Script, Token);
        await using var database = await PgDatabase.OpenAsync(address, new PgOptions { UseNotify = notifies }, null, Token);
        await WriterStorm.RunAsync(database, stop => HoldOpenAsync(address, stop), Token);
    }

    /// <summary>Long transactions of another program, which give their numbers early and commit late, or never.</summary>
    private static async Task HoldOpenAsync(string address, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(address);
        await connection.OpenAsync(stop);
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            await using var transaction = await connection.BeginTransactionAsync(stop);
            // Its journal entry gets a number long before the transaction is committed, as a slow node's would.
            await using var command = new NpgsqlCommand($$"""
                INSERT INTO aside VALUES ({{i}}, 0);
                INSERT INTO tandem.journal (actor, table_name, record_key, kind, before, after) VALUES ('slow', 'aside', '[{{i}}]', 'insert', '{}', '{"number": 0}');
                SELECT pg_sleep(0.05);
                UPDATE aside SET number = 1 WHERE id = {{i}}
                """, connection, transaction);
            await command.ExecuteNonQueryAsync(stop);
            if (i % 2 == 0)
            {
                await transaction.RollbackAsync(stop);
            }
            else
            {
                await transaction.CommitAsync(stop);
            }
        }
    }
}

[CollectionDefinition("storm", DisableParallelization = true)]
public sealed class StormCollection;
