using Npgsql;
using NpgsqlTypes;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Bench;

/// <summary>What does a batch of 1,000 guarded edits cost beside 1,000 single ones, and beside one bare UPDATE of as many rows?</summary>
internal static class BatchWrite
{
    private const int Edits = 1_000;
    private const int Rounds = 7;
    private const int FirstId = 500_000;

    public static async Task RunAsync(Stage stage, Report report)
    {
        var table = (await stage.PgAsync()).Find("items")!;
        await using var plain = NpgsqlDataSource.Create(stage.PlainPostgres + GuardedSave.Prepared);
        await using var own = NpgsqlDataSource.Create(stage.Postgres);
        foreach (var source in new[] { plain, own })
        {
            await Stage.ExecuteAsync(source, $"UPDATE items SET stock = 0 WHERE id BETWEEN {FirstId} AND {FirstId + (2 * Edits)}");
        }

        await table.GetAsync(new RecordKey((long)FirstId));
        var value = new long[3];
        var times = await Timing.InTurnsAsync(
            Rounds,
            async () =>
            {
                var stock = ++value[0];
                await using var command = plain.CreateCommand("UPDATE items t SET stock = v.stock FROM unnest($1, $2) AS v (id, stock) WHERE t.id = v.id RETURNING t.*");
                command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. Ids(0)] });
                command.Parameters.Add(new NpgsqlParameter<int[]> { TypedValue = [.. Enumerable.Repeat((int)stock, Edits)], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Integer });
                await using var reader = await command.ExecuteReaderAsync();
                while (await reader.ReadAsync())
                {
                    _ = reader.GetInt32(4);
                }
            },
            async () =>
            {
                var stock = ++value[1];
                var result = await table.WriteAllAsync([.. Ids(0).Select(id => Edit(id, stock))]);
                Check(result.IsCommitted);
            },
            async () =>
            {
                var stock = ++value[2];
                foreach (var id in Ids(1))
                {
                    Check(await table.WriteAsync(Edit(id, stock)) is WriteResult.Written);
                }
            });
        report.Section("1,000 guarded edits on PostgreSQL", "edits of one field, each of another record", "ms", "x the bare UPDATE");
        report.Row("one UPDATE … FROM unnest … RETURNING (Npgsql, prepared)", times[0] * 1e3, 1.0);
        report.Row("WriteAllAsync: all or none, each guarded and journalled", times[1] * 1e3, times[1] / times[0]);
        report.Row("1,000 times WriteAsync", times[2] * 1e3, times[2] / times[0]);
        report.Say($"One batch takes {times[1] / times[2]:0.000} of the time of single writes.");

        static IEnumerable<long> Ids(int contender) => Enumerable.Range(FirstId + (contender * Edits), Edits).Select(i => (long)i);

        static Write Edit(long id, long stock) => new Write.Update(new RecordKey(id), Patch.Of("stock", stock), new Guard(Patch.Of("stock", stock - 1)), Goods.By);

        static void Check(bool isWritten)
        {
            if (!isWritten)
            {
                throw new InvalidOperationException("A write was refused.");
            }
        }
    }
}
