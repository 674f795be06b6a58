using Microsoft.Data.Sqlite;

namespace Tandem.Cli.Bakery;

/// <summary>Two years of orders with their lines, deliveries and returns.</summary>
internal static class Sales
{
    private const int Orders = 12000;
    private const int Days = 730;
    private static readonly int[] s_months = [80, 85, 95, 105, 100, 95, 90, 85, 95, 100, 110, 160];
    private static readonly int[] s_weekdays = [60, 70, 80, 90, 100, 130, 170];
    private static readonly int[] s_lines = [1, 1, 2, 2, 2, 3, 3, 3, 4, 4];

    public static void Fill(SqliteConnection connection, Dice dice, IReadOnlyList<Product> products, Crowd crowd, CancellationToken cancellationToken)
    {
        using var clerk = new Clerk(connection, dice, products, crowd);
        var first = BakeryDatabase.Today.AddDays(-Days);
        var weights = Enumerable.Range(0, Days + 1).Select(d => (long)Weight(first.AddDays(d), d)).ToArray();
        var (all, so) = (weights.Sum(), 0L);
        var placed = 0;
        for (var d = 0; d <= Days; d++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            so += weights[d];
            var until = (int)(Orders * so / all);
            var today = until - placed;
            for (var i = 0; i < today; i++)
            {
                // Orders of a day follow each other from opening to closing time.
                clerk.Place(first.AddDays(d), 400 + (660 * i / today));
            }

            placed = until;
        }
    }

    public static int LinesOf(Dice dice) => dice.Pick(s_lines);

    private static int Weight(DateOnly day, int number) => (day.Month, day.Day) is (12, 25) or (12, 26) or (1, 1)
        ? 0
        : s_months[day.Month - 1] * s_weekdays[(int)day.DayOfWeek] * (1000 + (number / 3));
}
