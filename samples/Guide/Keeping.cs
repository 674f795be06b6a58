using Tandem.Live;
using Tandem.Live.Disk;
using Tandem.Live.Queueing;
using Tandem.Records;
using Tandem.Tables;

namespace Guide;

public static class Keeping
{
    public static async Task RunAsync(ITable source, string folder, RecordKey rye)
    {
        await using var products = await LiveTable.OpenAsync(source, new LiveTableOptions
        {
            Mode = LiveTableMode.Full,
            Store = new FileRecordStore(Path.Combine(folder, "products")),
            WriteBehind = new WriteBehindOptions { Path = Path.Combine(folder, "writes") },
        });

        // Kept on disk and visible here at once; sent in the background, once, whatever happens in between.
        var queued = await products.QueueAsync(new Write.Update(rye, Patch.Of("price", 4.95m), Guard.None, new WriteContext("Ana")));
        Console.WriteLine((await products.GetAsync(rye))!["price"]);
        Console.WriteLine(await queued.Outcome);
    }
}
