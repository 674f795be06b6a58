using Tandem.Editing;
using Tandem.Live;
using Tandem.Tables;

namespace Guide;

public static class Together
{
    public static async Task RunAsync(IDatabase database, LiveTable<Product> products)
    {
        // New records have keys before they are stored, so that others of the unit can refer to them.
        var unit = new UnitOfWork(database, "Ana");
        using var rolls = unit.New(products.Records);
        rolls.Set("name", "Rolls");
        rolls.Set("price", 0.60m);
        rolls.Set("stock", 200L);
        using var rye = unit.Add((await products.Records.EditAsync(new(1L), "Ana", database))!);
        rye.Set("stock", 12L);

        // All or none, in one transaction, with one list of conflicts.
        var result = await unit.SaveAsync();
        Console.WriteLine(result.IsSaved ? $"saved, rolls are number {rolls.Key}" : $"{result.Conflicts.Count} conflicts, {result.Errors.Count} errors");
    }
}
