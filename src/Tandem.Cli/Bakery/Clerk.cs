using Microsoft.Data.Sqlite;

namespace Tandem.Cli.Bakery;

/// <summary>Writes one order after another.</summary>
internal sealed class Clerk(SqliteConnection connection, Dice dice, IReadOnlyList<Product> products, Crowd crowd) : IDisposable
{
    private static readonly DateOnly s_dearer = new(2026, 1, 1);
    private readonly Inserter _orders = new(
        connection, "orders", "id", "customer_id", "employee_id", "shop_code", "ordered_at", "wanted_on", "wanted_at", "channel", "status", "total", "paid", "note");

    private readonly Inserter _lines = new(connection, "order_lines", "order_id", "line_number", "product_id", "quantity", "unit_price");
    private readonly Inserter _deliveries = new(connection, "deliveries", "id", "order_id", "driver_id", "address", "distance_km", "left_at", "arrived_at", "status");
    private readonly Inserter _returns = new(connection, "returns", "id", "order_id", "line_number", "quantity", "reason", "returned_on");
    private readonly List<(Product Product, int Quantity, int Cents)> _basket = [];
    private IReadOnlyList<Product> _made = [];
    private int _month;
    private int _lastOrder;
    private int _lastReturn;

    public void Place(DateOnly day, int minutes)
    {
        if (_month != day.Month)
        {
            (_month, _made) = (day.Month, [.. products.Where(p => p.IsMadeOn(day))]);
        }

        var id = ++_lastOrder;
        var customer = Buyer(day);
        var shop = dice.PickPopular(crowd.Shops);
        var channel = customer.IsFirm || dice.Chance(25) ? dice.Chance(60) ? "web" : "phone" : "counter";
        FillBasket(customer, day);
        var wanted = channel == "counter" && dice.Chance(85) ? day : day.AddDays(dice.Between(1, 3));
        var delivers = channel != "counter" && dice.Chance(80);
        var status = StatusOf(wanted, minutes, delivers);
        _orders.Add(
            id, customer.Id, channel == "web" ? null : dice.Pick(crowd.Sellers[shop]), shop, Text.Moment(day, minutes, dice.Below(60)), Text.Day(wanted),
            channel == "counter" ? null : Text.Time(dice.Between(26, 70) * 15), channel, status, Text.Money(_basket.Sum(b => (long)b.Quantity * b.Cents)),
            status is "collected" || (status is not "cancelled" && dice.Chance(customer.IsFirm ? 70 : 95)),
            dice.Chance(4) ? dice.Pick<string>(["Please slice it.", "Ring the bell twice.", "No nuts.", "For a birthday: write 'Happy 40th'.", "Leave with the neighbour."]) : null);
        for (var i = 0; i < _basket.Count; i++)
        {
            var (product, quantity, cents) = _basket[i];
            _lines.Add(id, i + 1, product.Id, quantity, Text.Money(cents));
            if (status is "collected" or "delivered" && dice.Below(1000) < 9)
            {
                var back = wanted.AddDays(dice.Between(0, 2));
                _returns.Add(
                    ++_lastReturn, id, i + 1, dice.Between(1, quantity), dice.Pick<string>(["stale", "burnt", "wrong product", "too many", "too many"]),
                    Text.Day(back > BakeryDatabase.Today ? BakeryDatabase.Today : back));
            }
        }

        if (delivers && status != "cancelled")
        {
            Deliver(id, customer, wanted, status);
        }
    }

    public void Dispose()
    {
        _orders.Dispose();
        _lines.Dispose();
        _deliveries.Dispose();
        _returns.Dispose();
    }

    /// <summary>Somebody who was a customer by then; firms order far more often than there are of them.</summary>
    private Customer Buyer(DateOnly day)
    {
        while (true)
        {
            var customer = dice.Pick(crowd.Customers);
            if (customer.Since <= day && (customer.IsFirm || dice.Chance(45)))
            {
                return customer;
            }
        }
    }

    private void FillBasket(Customer customer, DateOnly day)
    {
        _basket.Clear();
        var wanted = Sales.LinesOf(dice) + (customer.IsFirm ? 1 : 0);
        while (_basket.Count < wanted)
        {
            var product = dice.PickPopular(_made);
            if (!_basket.Exists(b => b.Product == product))
            {
                var small = product.Item.Cents < 350;
                var quantity = customer.IsFirm ? dice.Between(2, small ? 40 : 8) : dice.Between(1, small ? 6 : 2);
                // Prices went up by about four percent with the last new year.
                var cents = day >= s_dearer ? product.Item.Cents : product.Item.Cents * 96 / 100 / 5 * 5;
                _basket.Add((product, quantity, cents));
            }
        }
    }

    private string StatusOf(DateOnly wanted, int minutes, bool delivers)
    {
        if (dice.Chance(3))
        {
            return "cancelled";
        }

        return wanted.CompareTo(BakeryDatabase.Today) switch
        {
            < 0 => delivers ? "delivered" : "collected",
            0 => minutes < 600 ? dice.Pick<string>(["baking", "ready", "ready"]) : dice.Pick<string>(["new", "baking"]),
            _ => "new",
        };
    }

    private void Deliver(int order, Customer customer, DateOnly day, string status)
    {
        var left = dice.Between(380, 900);
        var distance = dice.Between(4, 180);
        var arrived = status == "delivered";
        var failed = arrived && dice.Chance(2);
        _deliveries.Add(
            dice.Uuid(), order, arrived || dice.Chance(60) ? dice.Pick(crowd.Drivers) : null, customer.Address, distance / 10.0, arrived ? Text.Moment(day, left) : null,
            arrived && !failed ? Text.Moment(day, left + 4 + (distance / 6)) : null, failed ? "failed" : arrived ? "arrived" : "planned");
    }
}
