using System.Globalization;
using Tandem.Hints;
using Tandem.Querying;
using Tandem.Records;

namespace Bakery;

/// <summary>Beside a product's price: what its recipe costs, and what that leaves.</summary>
internal static class PriceHint
{
    public static async Task<FieldHint> AnswerAsync(FieldHintArguments form, CancellationToken cancellationToken)
    {
        if (form.Key is not { } product || form.Database.Find("recipes") is not { } recipes)
        {
            return FieldHint.None;
        }

        var recipe = (await recipes.QueryAsync(new Query { Filter = Filter.Eq("product_id", product.Values[0]), First = 1 }, cancellationToken)).Records.SingleOrDefault();
        if (recipe is null)
        {
            return new FieldHint("There is no recipe to reckon with.");
        }

        var parts = (await form.Database.Find("recipe_ingredients")!.QueryAsync(new Query { Filter = Filter.Eq("recipe_id", recipe["id"]), First = 200 }, cancellationToken)).Records;
        var ingredients = (await form.Database.Find("ingredients")!.GetManyAsync([.. parts.Select(p => new RecordKey(p["ingredient_id"]!))], null, cancellationToken))
            .ToDictionary(i => i["id"]!, i => (decimal)i["price_per_unit"]!);
        var cost = parts.Sum(p => (decimal)p["amount"]! * ingredients[p["ingredient_id"]!]) / (long)recipe["pieces"]!;
        var text = string.Create(CultureInfo.InvariantCulture, $"cost {cost:0.00}");
        return form["price"] is decimal price and > 0
            ? new FieldHint(string.Create(CultureInfo.InvariantCulture, $"{text} · margin {(price - cost) / price:0 %}"))
            : new FieldHint(text) { Suggestion = Math.Round(cost * 2.5m, 1) };
    }
}
