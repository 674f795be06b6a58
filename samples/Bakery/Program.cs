using Bakery;
using Tandem.Admin;
using Tandem.Cli.Bakery;
using Tandem.Querying;
using Tandem.Sqlite;
using Tandem.Web;
using Product = Bakery.Product;

var file = args.FirstOrDefault(a => a.EndsWith(".db", StringComparison.Ordinal)) ?? "bakery.db";
if (!File.Exists(file))
{
    await BakeryDatabase.CreateAsync(file, CancellationToken.None);
}

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddTandem(tandem =>
{
    tandem.Title = "The bakery";
    tandem.UseSqlite(file).Entity<Product>();
});

var app = builder.Build();

// Lists, forms, history and the API for every table.
app.MapTandem();

// A page of our own reads a live table: whatever anybody saves is on it at the next look.
app.MapGet("/menu", async (TandemApp tandem, CancellationToken cancellationToken) =>
{
    var products = await tandem.LiveAsync<Product>();
    var menu = await products.QueryAsync(
        new Query { Filter = Filter.Eq("status", "available"), Order = [new Order("price")], First = 100 }, cancellationToken);
    return string.Join('\n', menu.Select(p => $"{p.Name,-32} {p.Price,7:0.00}"));
});

await app.RunAsync();
