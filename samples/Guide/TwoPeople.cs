using Tandem.Editing;
using Tandem.Live;
using Tandem.Records;

namespace Guide;

public static class TwoPeople
{
    public static async Task RunAsync(LiveTable<Product> products, RecordKey rye)
    {
        using var ana = (await products.EditAsync(rye, "Ana"))!;
        using var ben = (await products.EditAsync(rye, "Ben"))!;

        // Different fields: both land, and nobody is asked anything.
        ana.Set(p => p.Price, 4.20m);
        ben.Set(p => p.Stock, 30);
        await ana.SaveAsync();
        await ben.SaveAsync();

        // The same field, to different values: whoever saves second is asked.
        ana.Set(p => p.Price, 4.50m);
        ben.Set(p => p.Price, 4.80m);
        await ana.SaveAsync();
        if (await ben.SaveAsync() is SaveResult.Conflicted { Conflicts: [var conflict] })
        {
            Console.WriteLine($"{conflict.Field}: was {conflict.Base}, you say {conflict.Mine}, {conflict.By} says {conflict.Theirs}");
            ben.Resolve(p => p.Price, Resolution.Mine);
            await ben.SaveAsync();
        }
    }
}
