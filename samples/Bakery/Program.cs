using Bakery;
using Microsoft.AspNetCore.Http.HttpResults;
using Tandem.Admin;
using Tandem.Cli.Bakery;
using Tandem.Leases;
using Tandem.Querying;
using Tandem.Records;
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

    // Rules in code join those of the database, wherever a record is written from.
    tandem.Clean("products", "sku", sku => (sku as string)?.Trim().ToUpperInvariant());
    tandem.Rule("recipes", recipe => recipe["oven_celsius"] is null != recipe["bake_minutes"] is null
        ? [new FieldError("bake_minutes", "Say both how hot the oven is and how long it bakes, or neither.")]
        : []);

    // What the recipe costs is said beside the price.
    tandem.Hints.Field("products", "price", PriceHint.AnswerAsync);

    // One person at a time changes a price; everywhere else people see each other and may write.
    tandem.Leases.Field("products", "price", LeaseMode.Enforced);
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

// And one made of live parts: an order with its lines.
app.UseStaticFiles();
app.MapGet("/orders/{id:long}", IResult (HttpContext http, long id) => http.GetTandemUser() is null
    ? Results.LocalRedirect($"~/sign-in?return=/orders/{id}")
    : new RazorComponentResult<OrderPage>(new { Id = id }));

await app.RunAsync();
