using Microsoft.Data.Sqlite;

namespace Tandem.Cli.Bakery;

/// <summary>A customer as sales need one.</summary>
internal sealed record Customer(int Id, bool IsFirm, string Address, DateOnly Since);

/// <summary>Who sells, drives and buys.</summary>
internal sealed record Crowd(IReadOnlyList<Customer> Customers, IReadOnlyList<string> Shops, IReadOnlyDictionary<string, int[]> Sellers, int[] Drivers);

/// <summary>Shops, employees and customers.</summary>
internal static class People
{
    private const int Customers = 3200;
    private static readonly (string Code, string Name, string Street, int Town)[] s_shops =
    [
        ("MKT", "Market Place", "3 Market Place", 0), ("STN", "Station Kiosk", "1 Station Road", 0), ("QUA", "Quayside", "12 Quay Side", 5), ("MIL", "The Old Mill", "40 Mill Lane", 1), ("GRN", "The Green", "8 Green Lane", 6), ("CRO", "Cross Street", "27 High Street", 3),
    ];

    public static Crowd Fill(SqliteConnection connection, Dice dice)
    {
        using (var insert = new Inserter(connection, "shops", "code", "name", "street", "town", "opens_at", "closes_at"))
        {
            foreach (var (code, name, street, town) in s_shops)
            {
                insert.Add(code, name, street, Names.Towns[town].Town, Text.Time(code == "STN" ? 330 : 420), Text.Time(dice.Between(34, 38) * 30));
            }
        }

        Dictionary<string, int[]> sellers = [];
        var drivers = AddEmployees(connection, dice, sellers);
        return new Crowd(AddCustomers(connection, dice), [.. s_shops.Select(s => s.Code)], sellers, drivers);
    }

    private static int[] AddEmployees(SqliteConnection connection, Dice dice, Dictionary<string, int[]> sellers)
    {
        using var insert = new Inserter(connection, "employees", "id", "first_name", "last_name", "job", "manager_id", "shop_code", "email", "hired_on", "hourly_wage", "active");
        HashSet<string> used = [];
        List<int> drivers = [];
        var last = 0;
        int Hire(string job, int? manager, string shop, int wage)
        {
            string first, family;
            do
            {
                (first, family) = (dice.Pick(Names.First), dice.Pick(Names.Last));
            }
            while (!used.Add($"{first}.{family}"));
            last++;
            insert.Add(
                last, first, family, job, manager, shop, $"{Text.Plain(first)}.{Text.Plain(family)}@bakery.example", Text.Day(BakeryDatabase.Today.AddDays(-dice.Between(800, 6000))),
                Text.Money(wage + (dice.Below(20) * 10)), job is "owner" or "manager" || dice.Chance(93));
            return last;
        }

        var owner = Hire("owner", null, "MKT", 3500);
        foreach (var shop in s_shops.Select(s => s.Code))
        {
            var manager = Hire("manager", owner, shop, 2100);
            sellers[shop] = [manager, .. Enumerable.Range(0, shop == "MKT" ? 5 : 3).Select(_ => Hire("sales", manager, shop, 1250))];
            if (shop is "MKT" or "MIL")
            {
                var head = Hire("baker", manager, shop, 1900);
                for (var i = 0; i < 5; i++)
                {
                    Hire(i == 4 ? "pastry chef" : "baker", head, shop, 1500);
                }

                Hire("apprentice", head, shop, 900);
                drivers.AddRange(Enumerable.Range(0, 3).Select(_ => Hire("driver", manager, shop, 1300)));
            }
        }

        return [.. drivers];
    }

    private static List<Customer> AddCustomers(SqliteConnection connection, Dice dice)
    {
        using var insert = new Inserter(
            connection, "customers", "id", "name", "kind", "email", "phone", "street", "town", "postcode", "born_on", "newsletter", "credit_limit", "preferences", "created_at", "notes");
        var first = BakeryDatabase.Today.AddDays(-2400);
        List<Customer> customers = new(Customers);
        for (var id = 1; id <= Customers; id++)
        {
            var isFirm = dice.Chance(6);
            var (given, family) = (dice.Pick(Names.First), dice.Pick(Names.Last));
            var kind = isFirm ? dice.Pick<string>(["cafe", "cafe", "restaurant", "hotel", "office"]) : "person";
            var name = !isFirm ? $"{given} {family}" : $"The {dice.Pick(Names.CafeWords)} {dice.Pick(Names.CafeThings)}{(kind == "cafe" ? "" : $" {char.ToUpperInvariant(kind[0])}{kind[1..]}")}";
            var (town, area) = dice.PickPopular(Names.Towns);
            var street = $"{dice.Between(1, 120)} {dice.Pick(Names.Streets)}";
            // Customers came one after another over the years, so their numbers rise with time.
            var since = first.AddDays((int)(id * 2390L / Customers));
            insert.Add(
                id, name, kind, isFirm ? $"kitchen{id}@{Text.Plain(name)}.example" : $"{Text.Plain(given)}.{Text.Plain(family)}{id}@mail.example", dice.Chance(85) ? $"+44 20 7946 {dice.Below(1000):0000}" : null,
                street, town, $"{area}{dice.Between(1, 9)} {dice.Between(1, 9)}{(char)('A' + dice.Below(26))}{(char)('A' + dice.Below(26))}",
                isFirm || dice.Chance(45) ? null : Text.Day(new DateOnly(1940, 1, 1).AddDays(dice.Below(24000))), dice.Chance(38), isFirm ? dice.Between(2, 40) * 50.0 : null,
                dice.Chance(30) ? $$"""{"bag":"{{dice.Pick<string>(["paper", "own", "box"])}}","sliced":{{(dice.Chance(50) ? "true" : "false")}}}""" : null,
                Text.Moment(since, dice.Between(390, 1080), dice.Below(60)), dice.Chance(5) ? dice.Pick<string>(["Nut allergy.", "Pays monthly.", "Likes it well baked.", "Call before delivery.", "Regular on Saturdays."]) : null);
            customers.Add(new Customer(id, isFirm, $"{street}, {town}", since));
        }

        return customers;
    }
}
