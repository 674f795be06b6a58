using Tandem.Editing;
using Tandem.Live;
using Tandem.Records;

namespace Guide;

public static class Counting
{
    public static async Task RunAsync(LiveTable<Product> products, RecordKey rye)
    {
        // A counter: what is saved is the difference, added to whatever others made of it meanwhile.
        var adding = new RecordEditOptions { Policies = { ["stock"] = FieldPolicy.Add } };
        using var sale = (await products.EditAsync(rye, "till 1", adding))!;
        sale.Set(p => p.Stock, sale.Get(p => p.Stock) - 1);
        Console.WriteLine(await sale.SaveAsync());
    }
}
