using Microsoft.Data.Sqlite;
using Npgsql;
using Tandem.Live;
using Tandem.Tables;

namespace Tandem.Bench;

/// <summary>How long does it take to hold a million records, beside reading them with the raw driver into a list?</summary>
internal static class Load
{
    public static async Task RunAsync(Stage stage, Report report)
    {
        await using var source = NpgsqlDataSource.Create(stage.Postgres);
        await OneAsync("PostgreSQL", stage.Pg.Find("items")!, async () =>
        {
            List<object[]> rows = [];
            await using var command = source.CreateCommand("SELECT id, name, category, price, stock, note, changed_at FROM items");
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                var row = new object[7];
                reader.GetValues(row);
                rows.Add(row);
            }

            return rows;
        }, report);
        await OneAsync("SQLite", stage.Sqlite.Find("items")!, async () =>
        {
            List<object[]> rows = [];
            await using var connection = new SqliteConnection($"Data Source={stage.SqlitePath};Mode=ReadOnly");
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT id, name, category, price, stock, note, changed_at FROM items";
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                var row = new object[7];
                reader.GetValues(row);
                rows.Add(row);
            }

            return rows;
        }, report);
    }

    private static async Task OneAsync(string name, ITable table, Func<Task<List<object[]>>> raw, Report report)
    {
        var (rawBytes, liveBytes) = (0L, 0L);
        var times = await Timing.InTurnsAsync(
            3,
            async () =>
            {
                var before = Held();
                var rows = await raw();
                rawBytes = Held() - before;
                GC.KeepAlive(rows);
            },
            async () =>
            {
                var before = Held();
                await using var live = await LiveTable.OpenAsync(table, new LiveTableOptions { Mode = LiveTableMode.Full });
                liveBytes = Held() - before;
            });
        report.Section($"Loading {Stage.Records:N0} records, {name}", "into memory", "s", "x the raw reader's time");
        report.Row("raw reader into a list of rows", times[0], 1.0);
        report.Row("LiveTable, full", times[1], times[1] / times[0]);
        if (rawBytes > 0 && liveBytes > 0)
        {
            report.Say($"Held in memory: {rawBytes / 1_000_000} MB as rows, {liveBytes / 1_000_000} MB as a live table ({(double)liveBytes / rawBytes:0.00}x).");
        }
    }

    private static long Held()
    {
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
