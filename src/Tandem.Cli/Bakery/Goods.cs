using Microsoft.Data.Sqlite;

namespace Tandem.Cli.Bakery;

/// <summary>A product as sales need it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Item">What it is.</param>
/// <param name="Shelf">Where it stands.</param>
/// <param name="IsRetired">Whether it was taken off the list with the last new year.</param>
internal sealed record Product(int Id, Assortment.Item Item, int Shelf, bool IsRetired)
{
    public bool IsMadeOn(DateOnly day) => Item.IsMadeIn(day.Month) && (!IsRetired || day.Year < BakeryDatabase.Today.Year);
}

/// <summary>Categories, suppliers, ingredients, products and recipes.</summary>
internal static class Goods
{
    private const int Suppliers = 36;
    private static readonly string[] s_methods =
    [
        "Mix flour and water and let them rest for half an hour. Add the rest, knead until smooth and prove under a cloth until doubled.",
        "Weigh everything the evening before. Fold the dough every thirty minutes, four times, then shape and prove overnight in the cold.",
        "Cream butter and sugar until pale. Fold in the rest by hand, just until no dry spots are left.",
        "Laminate in three single turns with half an hour in the cold between them. Shape, prove at 26 degrees, glaze twice.",
        "Rub the butter in, add cold water by the spoon, rest for an hour. Roll to three millimetres and line the tins.",
    ];

    private static readonly int[] s_methodOfShelf = [1, 0, 0, 3, 2, 4, 2, 4];

    public static IReadOnlyList<Product> Fill(SqliteConnection connection, Dice dice)
    {
        AddSuppliers(connection, dice);
        var ingredients = AddIngredients(connection, dice);
        var products = AddProducts(connection, dice);
        AddRecipes(connection, dice, products, ingredients);
        return products;
    }

    private static void AddSuppliers(SqliteConnection connection, Dice dice)
    {
        using var insert = new Inserter(connection, "suppliers", "id", "name", "contact", "email", "phone", "town", "rating", "organic", "contract_until");
        HashSet<string> used = [];
        for (var id = 1; id <= Suppliers;)
        {
            var owner = dice.Pick(Names.Last);
            var name = $"{owner} {dice.Pick(Names.FirmKinds)}";
            if (used.Add(name))
            {
                insert.Add(
                    id++, name, $"{dice.Pick(Names.First)} {owner}", $"orders@{Text.Plain(name)}.example", $"+44 1632 96{dice.Between(0, 9999):0000}", dice.Pick(Names.Towns).Town,
                    dice.Chance(90) ? dice.Between(2, 5) : null, dice.Chance(35), dice.Chance(70) ? Text.Day(BakeryDatabase.Today.AddDays(dice.Between(-60, 700))) : null);
            }
        }
    }

    private static Dictionary<string, (int Id, string Unit)> AddIngredients(SqliteConnection connection, Dice dice)
    {
        using var insert = new Inserter(connection, "ingredients", "id", "name", "supplier_id", "unit", "price_per_unit", "in_stock", "reorder_at", "allergen", "best_before");
        Dictionary<string, (int, string)> ids = [];
        foreach (var (name, unit, price, allergen) in Assortment.Ingredients)
        {
            var id = ids.Count + 1;
            var scale = unit is "g" or "ml" or "piece" ? 1000 : 100;
            insert.Add(
                id, name, name == "Water" ? null : dice.Between(1, Suppliers), unit, price / 10000.0, dice.Between(0, scale * 20) / 10.0, dice.Between(1, 5) * scale / 10.0, allergen,
                name is "Water" or "Sea salt" ? null : Text.Day(BakeryDatabase.Today.AddDays(dice.Between(3, 240))));
            ids[name] = (id, unit);
        }

        return ids;
    }

    private static List<Product> AddProducts(SqliteConnection connection, Dice dice)
    {
        using var category = new Inserter(connection, "categories", "id", "name", "description", "sort_order");
        using var insert = new Inserter(connection, "products", "id", "category_id", "name", "sku", "description", "price", "weight_grams", "status", "vegan", "since", "nutrition", "picture");
        List<Product> products = [];
        for (var s = 0; s < Assortment.Shelves.Length; s++)
        {
            var shelf = Assortment.Shelves[s];
            category.Add(s + 1, shelf.Name, shelf.Description, (s + 1) * 10);
            foreach (var item in shelf.Items)
            {
                var id = products.Count + 1;
                // Nobody retires what sells best, and that stands first.
                var isRetired = item.From == 0 && id % 11 == 10;
                products.Add(new Product(id, item, s, isRetired));
                var status = item.From > 0 ? "seasonal" : isRetired ? "retired" : dice.Chance(4) ? "sold out" : "available";
                insert.Add(
                    id, s + 1, item.Name, $"{shelf.Name[..2].ToUpperInvariant()}-{id:0000}", dice.Chance(60) ? $"{item.Name}: {shelf.Description[..1].ToLowerInvariant()}{shelf.Description[1..]}" : null,
                    Text.Money(item.Cents), item.Grams, status, (shelf.Vegan && !item.Name.Contains("honey", StringComparison.OrdinalIgnoreCase)) || item.Name.StartsWith("Vegan", StringComparison.Ordinal),
                    Text.Day(BakeryDatabase.Today.AddDays(-dice.Between(400, 4000))),
                    $$"""{"kcal":{{dice.Between(210, 480)}},"fat":{{dice.Between(1, 30)}},"sugar":{{dice.Between(1, 40)}},"salt":{{dice.Between(1, 20) / 10}}.{{dice.Below(10)}}}""",
                    id % 4 == 1 ? Picture.Draw(id) : null);
            }
        }

        return products;
    }

    private static void AddRecipes(SqliteConnection connection, Dice dice, List<Product> products, Dictionary<string, (int Id, string Unit)> ingredients)
    {
        using var insert = new Inserter(connection, "recipes", "id", "product_id", "name", "pieces", "oven_celsius", "bake_minutes", "start_at", "method");
        using var part = new Inserter(connection, "recipe_ingredients", "recipe_id", "ingredient_id", "amount", "note");
        string[] all = [.. ingredients.Keys];
        foreach (var product in products)
        {
            var pieces = product.Item.Grams < 200 ? dice.Between(2, 6) * 12 : dice.Between(1, 4) * 4;
            insert.Add(
                product.Id, product.Id, $"{product.Item.Name}, batch of {pieces}", pieces, dice.Between(16, 25) * 10, Math.Clamp(product.Item.Grams / 20, 8, 70), Text.Time(dice.Between(6, 24) * 15),
                s_methods[s_methodOfShelf[product.Shelf]]);
            HashSet<string> used = [.. Assortment.Shelves[product.Shelf].Ingredients.Take(3)];
            foreach (var name in Assortment.Shelves[product.Shelf].Ingredients.Skip(3).Where(_ => dice.Chance(65)))
            {
                used.Add(name);
            }

            // What a product is named after is in it.
            foreach (var name in all.Where(n => product.Item.Name.Contains(n.TrimEnd('s').Split(' ')[0], StringComparison.OrdinalIgnoreCase)))
            {
                used.Add(name);
            }

            foreach (var name in used)
            {
                var (id, unit) = ingredients[name];
                var amount = unit is "g" or "ml" ? dice.Between(5, 80) : unit == "piece" ? dice.Between(2, 24) : dice.Between(50, 9000) / 1000.0;
                part.Add(product.Id, id, amount, dice.Chance(12) ? dice.Pick<string>(["room temperature", "sifted", "finely chopped", "toasted", "soaked overnight", "cold"]) : null);
            }
        }
    }
}
