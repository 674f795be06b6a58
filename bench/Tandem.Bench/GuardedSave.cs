using Microsoft.EntityFrameworkCore;
using Npgsql;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Bench;

/// <summary>What does a guarded, journalled save cost beside a bare UPDATE … RETURNING, and beside EF Core with a row version?</summary>
/// <remarks>Tandem saves with its feed on. Its peers work on a database that Tandem knows nothing of: there the feed would journal what they write, at their cost.</remarks>
internal static class GuardedSave
{
    public const string Prepared = ";Max Auto Prepare=20;Auto Prepare Min Usages=2";
    private const int Saves = 2_000;
    private const int Rounds = 7;

    public static async Task RunAsync(Stage stage, Report report)
    {
        var table = (await stage.PgAsync()).Find("items")!;
        await using var plain = NpgsqlDataSource.Create(stage.PlainPostgres + Prepared);
        var entities = ItemsContext.OptionsOf(stage.PlainPostgres + Prepared);
        await using var own = NpgsqlDataSource.Create(stage.Postgres);
        var stock = new[] { 1_000L, 1_000L, 1_000L };
        foreach (var source in new[] { plain, own })
        {
            await Stage.ExecuteAsync(source, "UPDATE items SET stock = 1000 WHERE id <= 300000");
            await Stage.ExecuteAsync(source, "VACUUM ANALYZE items");
        }

        await table.CountAsync(Querying.Filter.Eq("id", 1L));
        var by = new WriteContext("bench");
        foreach (var writers in new[] { 1, 8 })
        {
            var times = await Timing.InTurnsAsync(
                Rounds,
                () => ManyAsync(0, writers, async (id, value) =>
                {
                    await using var connection = await plain.OpenConnectionAsync();
                    await using var command = new NpgsqlCommand("UPDATE items SET stock = $2 WHERE id = $1 RETURNING id, name, category, price, stock, note, changed_at", connection);
                    command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = id });
                    command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = (int)value });
                    await using var reader = await command.ExecuteReaderAsync();
                    await reader.ReadAsync();
                    _ = reader.GetInt32(4);
                }),
                () => ManyAsync(1, writers, async (id, value) =>
                {
                    var result = await RecordSaver.SaveAsync(null, table, new RecordKey(id), Patch.Of("stock", value), Patch.Of("stock", value - 1), by);
                    if (result is not SaveResult.Saved)
                    {
                        throw new InvalidOperationException(result.ToString());
                    }
                }),
                () => ManyAsync(2, writers, async (id, value) =>
                {
                    await using var context = new ItemsContext(entities);
                    var item = await context.Items.SingleAsync(i => i.Id == id);
                    item.Stock = (int)value;
                    await context.SaveChangesAsync();
                }));
            var title = $"{writers} writer{(writers > 1 ? "s" : "")}";
            report.Section($"A guarded save on PostgreSQL, {title}", "saves of one field, each of another record", "saves/s", "x the bare UPDATE");
            report.Row("UPDATE … RETURNING (Npgsql, prepared)", Saves / times[0], 1.0);
            report.Row("Tandem: lock, guard, write, journal, return; feed on", Saves / times[1], times[0] / times[1]);
            report.Row("EF Core: read, change, save with row version", Saves / times[2], times[0] / times[2]);
            report.AtLeast($"a guarded save, {title}", times[0] / times[1], 0.8, "x a bare UPDATE … RETURNING");
        }

        // Each contender has records of its own, and every round gives each of them the next value.
        async Task ManyAsync(int contender, int writers, Func<long, long, Task> save)
        {
            var value = ++stock[contender];
            await Task.WhenAll(Enumerable.Range(0, writers).Select(async w =>
            {
                for (var i = w; i < Saves; i += writers)
                {
                    await save(1 + (contender * 100_000) + i, value);
                }
            }));
        }
    }
}
