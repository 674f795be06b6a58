using Tandem.Live;
using Tandem.Records;

namespace Tandem.Bench;

/// <summary>What does a read from a live table cost beside a look-up in a dictionary?</summary>
internal static class CachedRead
{
    private const int Reads = 2_000_000;
    private const int Keys = 10_000;

    public static async Task RunAsync(Stage stage, Report report)
    {
        var source = stage.Sqlite.Find("items")!;
        var keys = Enumerable.Range(1, Keys).Select(i => new RecordKey((long)i)).ToArray();
        await using var bounded = await LiveTable.OpenAsync(source, new LiveTableOptions { MaxEntries = Keys });
        Dictionary<RecordKey, Record> dictionary = [];
        foreach (var key in keys)
        {
            dictionary[key] = (await bounded.GetAsync(key))!;
        }

        var full = new Tandem.Tables.MemoryDatabase();
        var small = full.Add(source.Schema);
        foreach (var record in dictionary.Values)
        {
            await small.WriteAsync(new Tandem.Tables.Write.Insert(record.ToPatch(), new Tandem.Tables.WriteContext("bench")));
        }

        await using var whole = await LiveTable.OpenAsync(small, new LiveTableOptions { Mode = LiveTableMode.Full });
        long found = 0;
        var times = await Timing.InTurnsAsync(
            7,
            () =>
            {
                for (var i = 0; i < Reads; i++)
                {
                    found += dictionary[keys[i % Keys]].Values.Length;
                }

                return Task.CompletedTask;
            },
            () => ReadAsync(whole),
            () => ReadAsync(bounded));
        report.Section("A cached read", "reads of one record by key", "ns", "x the dictionary");
        report.Row("Dictionary look-up", times[0] / Reads * 1e9, 1.0);
        report.Row("LiveTable, full", times[1] / Reads * 1e9, times[1] / times[0]);
        report.Row("LiveTable, bounded (LRU, TTL)", times[2] / Reads * 1e9, times[2] / times[0]);
        GC.KeepAlive(found);

        async Task ReadAsync(LiveTable table)
        {
            for (var i = 0; i < Reads; i++)
            {
                found += (await table.GetAsync(keys[i % Keys]))!.Values.Length;
            }
        }
    }
}
