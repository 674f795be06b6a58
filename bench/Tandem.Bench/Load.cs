using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using Tandem.Live;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Bench;

/// <summary>How long does it take to hold a million records beside reading them with the raw driver, and how much room do they take beside a list of them?</summary>
internal static class Load
{
    private const string Sql = "SELECT id, name, category, price, stock, note, changed_at FROM items";

    public static async Task RunAsync(Stage stage, Report report)
    {
        var pg = (await stage.PgAsync()).Find("items")!;
        await using var source = NpgsqlDataSource.Create(stage.PlainPostgres);
        await OneAsync("PostgreSQL", pg, async () =>
        {
            await using var command = source.CreateCommand(Sql);
            return await RawAsync(command);
        }, report);
        var sqlite = (await stage.SqliteAsync()).Find("items")!;
        await OneAsync("SQLite", sqlite, async () =>
        {
            await using var connection = new SqliteConnection($"Data Source={stage.SqlitePath};Mode=ReadOnly;Pooling=False");
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = Sql;
            return await RawAsync(command);
        }, report);
    }

    private static async Task<List<object[]>> RawAsync(DbCommand command)
    {
        List<object[]> rows = [];
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var row = new object[7];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = reader.GetValue(i);
            }

            rows.Add(row);
        }

        return rows;
    }

    private static async Task OneAsync(string name, ITable table, Func<Task<List<object[]>>> raw, Report report)
    {
        var rowBytes = await HeldAsync(raw);
        var listBytes = await HeldAsync(() => ListAsync(table));
        var liveBytes = await HeldAsync(() => OpenAsync(table));
        report.Section($"Holding {Stage.Records:N0} records, {name}", "in memory", "MB", "x the list of records");
        report.Row("a list of rows as the raw reader gives them", rowBytes / 1e6, (double)rowBytes / listBytes);
        report.Row("List<Record>", listBytes / 1e6, 1.0);
        report.Row("LiveTable, full", liveBytes / 1e6, (double)liveBytes / listBytes);
        report.AtMost($"1,000,000 records held, {name}", (double)liveBytes / listBytes, 1.5, "x the bytes of a List<Record>");

        var times = await Timing.InTurnsAsync(
            5,
            async () => GC.KeepAlive(await raw()),
            async () => GC.KeepAlive(await ListAsync(table)),
            async () =>
            {
                await using var live = await OpenAsync(table);
            });
        report.Section($"Loading {Stage.Records:N0} records, {name}", "into memory", "s", "x the raw reader's time");
        report.Row("raw reader, GetValue into a list of rows", times[0], 1.0);
        report.Row("ScanAsync into a list of records", times[1], times[1] / times[0]);
        report.Row("LiveTable, full", times[2], times[2] / times[0]);
        report.AtMost($"1,000,000 records loaded, {name}", times[2] / times[0], 2, "x the raw reader's time");
    }

    private static Task<LiveTable> OpenAsync(ITable table) => LiveTable.OpenAsync(table, new LiveTableOptions { Mode = LiveTableMode.Full });

    private static async Task<List<Record>> ListAsync(ITable table)
    {
        List<Record> records = [];
        await foreach (var batch in table.ScanAsync())
        {
            records.AddRange(batch);
        }

        return records;
    }

    private static async Task<long> HeldAsync<T>(Func<Task<T>> make)
        where T : class
    {
        // On a stack where something was made, frames that are over but not left still hold it.
        await Task.Yield();
        var before = Machine.Held();
        T? held = await make();
        await Task.Yield();
        var bytes = Machine.Held() - before;
        if (held is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }

        GC.KeepAlive(held);
        held = null;
        await Task.Yield();
        return bytes;
    }
}
