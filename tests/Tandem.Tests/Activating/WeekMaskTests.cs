using Tandem.Activating;

namespace Tandem.Tests.Activating;

public sealed class WeekMaskTests
{
    private static readonly TimeZoneInfo s_berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
    private static readonly DateTime s_monday = new(2026, 11, 16);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 20).Select(_ => Random.Shared.Next())];

    [Theory]
    [InlineData(null, 3, "04:00", true)]
    [InlineData("  ", 3, "04:00", true)]
    [InlineData("Mon-Fri 08:00-18:00; Sat 09:00-12:00", 0, "08:00", true)]
    [InlineData("Mon-Fri 08:00-18:00; Sat 09:00-12:00", 4, "17:59", true)]
    [InlineData("Mon-Fri 08:00-18:00; Sat 09:00-12:00", 4, "18:00", false)]
    [InlineData("Mon-Fri 08:00-18:00; Sat 09:00-12:00", 5, "11:59", true)]
    [InlineData("Mon-Fri 08:00-18:00; Sat 09:00-12:00", 6, "10:00", false)]
    [InlineData("mon, wednesday 8:00 - 12:00, 13:00-17:00", 2, "13:00", true)]
    [InlineData("mon, wednesday 8:00 - 12:00, 13:00-17:00", 2, "12:30", false)]
    [InlineData("Fri 22:00-02:00", 5, "01:59", true)]
    [InlineData("Fri 22:00-02:00", 4, "01:59", false)]
    [InlineData("Sun 22:00-02:00", 0, "01:00", true)]
    [InlineData("Sat-Mon", 6, "23:59", true)]
    [InlineData("Sat-Mon", 1, "00:00", false)]
    [InlineData("08:00-09:00", 6, "08:30", true)]
    [InlineData("Tue 00:00-24:00", 1, "23:59", true)]
    public void Covers_TimesOfTheWeek_AsTheMaskSays(string? text, int day, string time, bool covers)
    {
        Assert.True(WeekMask.TryParse(text, out var mask, out _));

        Assert.Equal(covers, mask.Covers(s_monday.AddDays(day) + TimeSpan.Parse(time, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("Montag 08:00-18:00", "Montag")]
    [InlineData("Mon 08:00", "08:00")]
    [InlineData("Mon 08:00-25:00", "08:00-25:00")]
    [InlineData("Mon 08:60-09:00", "08:60-09:00")]
    [InlineData("Mon 08:00-08:00", "takes no time")]
    [InlineData("Mon 08:00-09:00 Tue", "semicolon")]
    [InlineData("Mon-Tue-Wed", "Mon-Tue-Wed")]
    [InlineData("; ;", "No times")]
    [InlineData("1", "1")]
    [InlineData("-", "-")]
    public void TryParse_Nonsense_NamesThePartAndARemedy(string text, string named)
    {
        Assert.False(WeekMask.TryParse(text, out _, out var fault));

        Assert.Contains(named, fault, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void TryParse_AnyText_AnswersWithAMaskOrAFault(int seed)
    {
        var random = new Random(seed);
        const string letters = "MonTueSat 0123456789:;,-–  \t\0é";
        for (var i = 0; i < 2_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(30)).Select(_ => letters[random.Next(letters.Length)])]);

            Assert.Equal(WeekMask.TryParse(text, out var mask, out var fault), fault is null);
            Assert.NotEqual(mask is null, fault is null);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Edges_RandomMasks_AreWhereWalkingMinuteByMinuteFindsThem(int seed)
    {
        var random = new Random(seed);
        Assert.True(WeekMask.TryParse(Some(random), out var mask, out var fault), fault);
        // Around both changes of the clocks, and any time else.
        DateTimeOffset[] starts = [new(2026, 10, 24, 20, 0, 0, TimeSpan.Zero), new(2026, 3, 28, 20, 0, 0, TimeSpan.Zero), new(2026, 1, 1, random.Next(24), random.Next(60), 0, TimeSpan.Zero)];
        foreach (var start in starts)
        {
            var (next, last) = (start, start);
            do
            {
                next = next.AddMinutes(1);
            }
            while (mask.Covers(next, s_berlin) == mask.Covers(start, s_berlin) && next < start.AddDays(9));
            for (var was = mask.Covers(start, s_berlin); mask.Covers(last.AddMinutes(-1), s_berlin) == was && last > start.AddDays(-9); last = last.AddMinutes(-1))
            {
            }

            Assert.Equal(next < start.AddDays(9) ? next : null, mask.NextEdge(start, s_berlin));
            Assert.Equal(last > start.AddDays(-9) ? last : null, mask.LastEdge(start, s_berlin));
        }
    }

    private static string Some(Random random)
    {
        string[] days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
        string Time() => $"{random.Next(24):00}:{random.Next(4) * 15:00}";
        string Span()
        {
            var (a, b) = (Time(), Time());
            return a == b ? "01:30-02:45" : $"{a}-{b}";
        }

        return string.Join("; ", Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"{days[random.Next(7)]}{(random.Next(2) == 0 ? "-" + days[random.Next(7)] : "")} {Span()}"));
    }
}
