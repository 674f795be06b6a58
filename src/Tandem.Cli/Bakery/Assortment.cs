namespace Tandem.Cli.Bakery;

/// <summary>What the bakery makes and of what.</summary>
internal static class Assortment
{
    /// <summary>A product as the price list has it.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Cents">Its price today.</param>
    /// <param name="Grams">Its weight.</param>
    /// <param name="From">The first month it is made in, or 0 for the whole year.</param>
    /// <param name="To">The last month it is made in.</param>
    public sealed record Item(string Name, int Cents, int Grams, int From = 0, int To = 0)
    {
        public bool IsMadeIn(int month) => From == 0 || (From <= To ? month >= From && month <= To : month >= From || month <= To);
    }

    public sealed record Shelf(string Name, string Description, bool Vegan, string[] Ingredients, Item[] Items);

    public static readonly Shelf[] Shelves =
    [
        new("Sourdough", "Naturally leavened, baked on stone.", true, ["Rye flour", "Wheat flour", "Water", "Sea salt", "Rye starter", "Sunflower seeds", "Caraway", "Linseed"],
        [
            new("Rye sourdough", 480, 1000), new("White sourdough", 420, 800), new("Country loaf", 450, 900), new("Seeded sourdough", 520, 850), new("Walnut sourdough", 560, 750),
            new("Olive sourdough", 560, 700), new("Spelt sourdough", 540, 800), new("Caraway rye", 470, 900), new("Pumpernickel", 490, 750), new("Potato sourdough", 460, 850),
            new("Oat and honey sourdough", 510, 800), new("Fig and hazelnut sourdough", 620, 700), new("Buckwheat sourdough", 570, 750), new("Dark malt loaf", 500, 850), new("Pumpkin sourdough", 540, 800, 9, 11),
        ]),
        new("White and mixed bread", "Everyday loaves and flatbread.", true, ["Wheat flour", "Water", "Sea salt", "Fresh yeast", "Olive oil", "Malt extract", "Semolina"],
        [
            new("Baguette", 190, 250), new("Ciabatta", 240, 300), new("Focaccia", 390, 450), new("Rosemary focaccia", 420, 450), new("Sandwich loaf", 310, 750), new("Farmhouse white", 330, 800),
            new("Bloomer", 340, 800), new("Wholemeal tin", 350, 800), new("Granary loaf", 370, 800), new("Pain de campagne", 430, 850), new("Fougasse", 380, 350), new("Pitta, four", 260, 320),
            new("Batard", 280, 400), new("Corn bread", 360, 600), new("Tomato focaccia", 440, 480, 6, 9),
        ]),
        new("Rolls", "Small breads for breakfast and lunch.", true, ["Wheat flour", "Rye flour", "Water", "Sea salt", "Fresh yeast", "Poppy seeds", "Sesame seeds", "Sunflower seeds"],
        [
            new("Poppy seed roll", 60, 65), new("Sesame roll", 60, 65), new("Kaiser roll", 50, 60), new("Rye roll", 70, 80), new("Sunflower roll", 75, 80), new("Pretzel", 110, 90), new("Pretzel stick", 100, 85),
            new("Bagel", 120, 110), new("Everything bagel", 140, 115), new("Burger bun", 90, 90), new("Oat roll", 70, 75), new("Spelt roll", 80, 75), new("Pumpkin seed roll", 85, 80), new("Onion roll", 80, 80),
        ]),
        new("Viennoiserie", "Laminated with butter, baked all morning.", false, ["Wheat flour", "Butter", "Whole milk", "Caster sugar", "Fresh yeast", "Eggs", "Dark chocolate", "Almond paste"],
        [
            new("Croissant", 210, 70), new("Almond croissant", 310, 110), new("Pain au chocolat", 250, 85), new("Pain aux raisins", 270, 100), new("Ham and cheese croissant", 340, 120), new("Kouign-amann", 330, 100),
            new("Brioche", 290, 120), new("Brioche loaf", 620, 500), new("Apple turnover", 280, 120), new("Cinnamon swirl", 290, 110), new("Cardamom bun", 290, 105), new("Custard danish", 310, 115),
            new("Cherry danish", 320, 115, 6, 8), new("Morning bun", 300, 110), new("Hot cross bun", 150, 85, 3, 4),
        ]),
        new("Cakes", "Whole and by the slice.", false, ["Cake flour", "Butter", "Caster sugar", "Eggs", "Baking powder", "Vanilla", "Dark chocolate", "Ground almonds", "Cream"],
        [
            new("Carrot cake", 2800, 1200), new("Lemon drizzle", 1600, 800), new("Victoria sponge", 2400, 1100), new("Chocolate fudge cake", 3200, 1400), new("Coffee and walnut cake", 2600, 1100), new("Banana bread", 1200, 700),
            new("Baked cheesecake", 3000, 1300), new("Black Forest gateau", 3600, 1500), new("Madeira cake", 1400, 750), new("Orange polenta cake", 2200, 900), new("Honey cake", 2400, 1000), new("Marble cake", 1500, 800),
            new("Plum cake", 1900, 950, 8, 10), new("Stollen", 1800, 750, 11, 12), new("Christmas cake", 3400, 1300, 11, 12),
        ]),
        new("Tarts and pies", "Crisp pastry, seasonal fillings.", false, ["Cake flour", "Butter", "Icing sugar", "Eggs", "Cream", "Apples", "Raspberries", "Lemons", "Pecans"],
        [
            new("Lemon tart", 390, 130), new("Raspberry tart", 420, 130), new("Chocolate tart", 410, 125), new("Pecan pie slice", 430, 140), new("Apple pie", 1800, 1100), new("Treacle tart", 380, 130), new("Custard tart", 260, 95),
            new("Bakewell tart", 350, 120), new("Frangipane tart", 390, 130), new("Quiche Lorraine", 460, 200), new("Leek and cheese quiche", 450, 200), new("Mushroom pie", 520, 260),
            new("Strawberry tart", 440, 135, 5, 7), new("Rhubarb tart", 400, 130, 4, 6), new("Mince pie", 190, 70, 11, 12),
        ]),
        new("Biscuits", "Keep well in a tin.", false, ["Cake flour", "Butter", "Brown sugar", "Eggs", "Oats", "Dark chocolate", "Ginger", "Hazelnuts"],
        [
            new("Shortbread", 480, 200), new("Oat biscuit", 180, 60), new("Chocolate chip cookie", 220, 75), new("Ginger snap", 160, 45), new("Hazelnut cantuccini", 560, 200), new("Florentine", 260, 60), new("Linzer biscuit", 240, 55),
            new("Macaroon", 210, 50), new("Flapjack", 250, 90), new("Peanut cookie", 220, 75), new("Almond crescent", 540, 200, 11, 1), new("Gingerbread", 420, 180, 11, 12),
        ]),
        new("Savoury snacks", "For lunch, warm or cold.", false, ["Wheat flour", "Butter", "Sausage meat", "Cheddar", "Spinach", "Feta", "Onions", "Sesame seeds"],
        [
            new("Sausage roll", 340, 160), new("Vegan sausage roll", 340, 150), new("Cheese straw", 180, 60), new("Spinach and feta twist", 310, 130), new("Pizza slice", 390, 220), new("Cornish pasty", 490, 280),
            new("Cheese scone", 230, 95), new("Ham baguette", 520, 280), new("Cheese and chutney roll", 480, 240), new("Mozzarella focaccia", 560, 300), new("Onion tart", 420, 180), new("Tomato galette", 440, 190, 6, 9),
        ]),
    ];

    /// <summary>Ingredients with unit, price per unit in hundredths of a cent, and allergen.</summary>
    public static readonly (string Name, string Unit, int Price, string? Allergen)[] Ingredients =
    [
        ("Wheat flour", "kg", 9500, "gluten"), ("Rye flour", "kg", 11000, "gluten"), ("Cake flour", "kg", 10500, "gluten"), ("Spelt flour", "kg", 21000, "gluten"), ("Wholemeal flour", "kg", 11800, "gluten"),
        ("Buckwheat flour", "kg", 32000, null), ("Semolina", "kg", 14000, "gluten"), ("Polenta", "kg", 15500, null), ("Oats", "kg", 13000, "gluten"), ("Malt extract", "kg", 42000, "gluten"), ("Rye starter", "kg", 3000, "gluten"),
        ("Water", "l", 30, null), ("Sea salt", "kg", 9000, null), ("Fresh yeast", "kg", 38000, null), ("Baking powder", "kg", 52000, null), ("Olive oil", "l", 84000, null), ("Sunflower oil", "l", 23000, null),
        ("Butter", "kg", 87000, "milk"), ("Whole milk", "l", 11500, "milk"), ("Cream", "l", 46000, "milk"), ("Buttermilk", "l", 19000, "milk"), ("Cheddar", "kg", 92000, "milk"), ("Feta", "kg", 98000, "milk"), ("Mozzarella", "kg", 81000, "milk"), ("Soft cheese", "kg", 69000, "milk"),
        ("Eggs", "piece", 2400, "egg"), ("Caster sugar", "kg", 13500, null), ("Brown sugar", "kg", 16000, null), ("Icing sugar", "kg", 17500, null), ("Honey", "kg", 98000, null), ("Golden syrup", "kg", 36000, null), ("Black treacle", "kg", 39000, null),
        ("Vanilla", "ml", 3200, null), ("Cinnamon", "g", 240, null), ("Cardamom", "g", 610, null), ("Ginger", "g", 190, null), ("Nutmeg", "g", 430, null), ("Caraway", "g", 120, null), ("Rosemary", "g", 260, null), ("Black pepper", "g", 210, null),
        ("Dark chocolate", "kg", 118000, "soya"), ("Milk chocolate", "kg", 104000, "milk"), ("Cocoa powder", "kg", 126000, null), ("Coffee", "kg", 184000, null), ("Almond paste", "kg", 112000, "nuts"), ("Ground almonds", "kg", 124000, "nuts"), ("Flaked almonds", "kg", 131000, "nuts"),
        ("Walnuts", "kg", 119000, "nuts"), ("Hazelnuts", "kg", 137000, "nuts"), ("Pecans", "kg", 178000, "nuts"), ("Peanuts", "kg", 48000, "nuts"), ("Sunflower seeds", "kg", 36000, null), ("Pumpkin seeds", "kg", 72000, null), ("Poppy seeds", "kg", 68000, null), ("Sesame seeds", "kg", 54000, "sesame"), ("Linseed", "kg", 29000, null),
        ("Raisins", "kg", 44000, null), ("Currants", "kg", 49000, null), ("Candied peel", "kg", 73000, null), ("Dried figs", "kg", 86000, null), ("Apples", "kg", 19000, null), ("Plums", "kg", 31000, null), ("Cherries", "kg", 78000, null), ("Raspberries", "kg", 112000, null),
        ("Strawberries", "kg", 64000, null), ("Rhubarb", "kg", 38000, null), ("Lemons", "piece", 3500, null), ("Oranges", "piece", 4100, null), ("Bananas", "kg", 14000, null), ("Carrots", "kg", 9800, null), ("Pumpkin", "kg", 17000, null), ("Potatoes", "kg", 8600, null),
        ("Onions", "kg", 9200, null), ("Leeks", "kg", 24000, null), ("Spinach", "kg", 47000, null), ("Mushrooms", "kg", 52000, null), ("Tomatoes", "kg", 29000, null), ("Olives", "kg", 76000, null), ("Sausage meat", "kg", 68000, null), ("Ham", "kg", 97000, null), ("Bacon", "kg", 89000, null), ("Soya mince", "kg", 41000, "soya"),
    ];
}
