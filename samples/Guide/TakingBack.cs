using Tandem.Editing;
using Tandem.Live;
using Tandem.Records;
using Tandem.Tables;

namespace Guide;

public static class TakingBack
{
    public static async Task RunAsync(IDatabase database, LiveTable<Product> products, RecordKey rye)
    {
        foreach (var change in await products.Records.HistoryAsync(rye, limit: 5))
        {
            Console.WriteLine($"{change.At:t} {change.Actor}: {change.After}");
        }

        var last = (await products.Records.HistoryAsync(rye, limit: 1))[0];
        Console.WriteLine(await RecordSaver.RevertChangeAsync(database, products.Records, last, new WriteContext("Ana")));
    }
}
