using Tandem.Live;
using Tandem.Sqlite;

await using var bakery = await SqliteDatabase.OpenAsync("bakery.db");
await using var products = await LiveTable<Product>.OpenAsync(bakery, "products");
var changes = products.ChangesAsync();

using var edit = await products.EditAsync(new(1L), actor: "Ana");
edit!.Set(p => p.Price, edit.Get(p => p.Price) + 0.10m);
Console.WriteLine(await edit.SaveAsync());

await foreach (var change in changes)
{
    Console.WriteLine($"{change.Actor} changed {change.Key}: {string.Join(", ", change.After)}");
    break;
}

record Product(long Id, string Name, decimal Price);
