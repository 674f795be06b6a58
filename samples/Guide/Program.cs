using Guide;
using Tandem.Live;
using Tandem.Records;
using Tandem.Tables;

await Chapters.RunAsync(CancellationToken.None);

namespace Guide
{
    /// <summary>The guide's snippets, one after the other, on a database in memory.</summary>
    public static class Chapters
    {
        public static async Task RunAsync(CancellationToken cancellationToken)
        {
            await using var database = new MemoryDatabase();
            database.Add<Product>();
            await using var products = await LiveTable<Product>.OpenAsync(database, cancellationToken: cancellationToken);
            await products.AddAsync(new Product { Name = "Rye", Price = 4m, Stock = 20 }, "Ana", cancellationToken);
            var rye = new RecordKey(1L);
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var standing = Standing.RunAsync(products, enough.Token);

            await TwoPeople.RunAsync(products, rye);
            await Counting.RunAsync(products, rye);
            await Together.RunAsync(database, products);
            await TakingBack.RunAsync(database, products, rye);
            await Leasing.RunAsync(database, products.Records, rye);
            await Turning.RunAsync(cancellationToken);
            var folder = Directory.CreateTempSubdirectory("tandem-guide-").FullName;
            await Keeping.RunAsync(database.Find("products")!, folder, rye);
            Directory.Delete(folder, recursive: true);

            await enough.CancelAsync();
            await standing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
