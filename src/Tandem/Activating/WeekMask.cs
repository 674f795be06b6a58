using System.Diagnostics.CodeAnalysis;

namespace Tandem.Activating;

/// <summary>
/// Times of the week: <c>Mon-Fri 08:00-18:00; Sat 09:00-12:00</c>. Days alone mean all day, times alone every day; several of either are separated by commas, and
/// times that end before they begin run over midnight. Nothing at all means always. Immutable and safe from any thread.
/// </summary>
public sealed class WeekMask
{
    private const int Day = 24 * 60;
    private const int Week = 7 * Day;
    private readonly IReadOnlyList<(int Start, int End)> _spans;

    private WeekMask(IReadOnlyList<(int Start, int End)> spans) => _spans = spans;

    /// <summary>Every moment of the week.</summary>
    public static WeekMask Always { get; } = new([(0, Week)]);

    /// <summary>Reads a mask.</summary>
    /// <param name="text">The mask; null, empty or blank for always.</param>
    /// <param name="mask">The mask, where it can be read.</param>
    /// <param name="fault">What is wrong and how to write it instead, where it cannot.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out WeekMask? mask, [NotNullWhen(false)] out string? fault)
    {
        (mask, fault) = (null, null);
        if (string.IsNullOrWhiteSpace(text))
        {
            mask = Always;
            return true;
        }

        if ((fault = WeekMaskReader.Read(text, out var spans)) is not null)
        {
            return false;
        }

        mask = new WeekMask(Joined(spans));
        return true;
    }

    /// <summary>Whether a time that clocks on the wall show is one of them.</summary>
    public bool Covers(DateTime wall)
    {
        var minute = Minute(wall);
        return _spans.Any(s => s.Start <= minute && minute < s.End);
    }

    /// <summary>Whether it covers a moment in a time zone.</summary>
    public bool Covers(DateTimeOffset moment, TimeZoneInfo zone) => Covers(ZoneClock.Wall(zone, moment));

    /// <summary>The next moment after one at which it begins or ends to cover; null when it never does.</summary>
    public DateTimeOffset? NextEdge(DateTimeOffset after, TimeZoneInfo zone) =>
        Candidates(after, zone, 1).Where(c => c > after).Order().Select(c => (DateTimeOffset?)c).FirstOrDefault(c => Covers(c!.Value, zone) != Covers(c.Value.AddTicks(-1), zone));

    /// <summary>The last moment up to one at which it began or ended to cover; null when it never does.</summary>
    public DateTimeOffset? LastEdge(DateTimeOffset until, TimeZoneInfo zone) =>
        Candidates(until, zone, -1).Where(c => c <= until).OrderDescending().Select(c => (DateTimeOffset?)c).FirstOrDefault(c => Covers(c!.Value, zone) != Covers(c.Value.AddTicks(-1), zone));

    /// <summary>When it may turn within somewhat more than a week: where times begin and end, and where the clocks are changed.</summary>
    private IEnumerable<DateTimeOffset> Candidates(DateTimeOffset around, TimeZoneInfo zone, int direction)
    {
        if (_spans is [(0, Week)] or [])
        {
            yield break;
        }

        var today = ZoneClock.Wall(zone, around).Date;
        var sunday = today.AddDays(-(((int)today.DayOfWeek + 6) % 7));
        for (var week = -1; week <= 1; week++)
        {
            foreach (var edge in _spans.SelectMany(s => new[] { s.Start, s.End }))
            {
                var wall = sunday.AddDays(7 * (week + direction)).AddMinutes(edge);
                yield return ZoneClock.First(zone, wall);
                yield return ZoneClock.Last(zone, wall);
            }
        }

        var from = direction > 0 ? around : around.AddDays(-15);
        if (ZoneClock.Jump(zone, from, from.AddDays(15)) is { } jump)
        {
            yield return jump;
        }
    }

    private static int Minute(DateTime wall) => (((int)wall.DayOfWeek + 6) % 7 * Day) + (int)wall.TimeOfDay.TotalMinutes;

    /// <summary>The spans in order, those that touch as one; what runs past Sunday goes on on Monday.</summary>
    private static List<(int Start, int End)> Joined(IEnumerable<(int Start, int End)> spans)
    {
        List<(int Start, int End)> joined = [];
        foreach (var (start, end) in spans.SelectMany(s => s.End <= Week ? [s] : new[] { (s.Start, Week), (0, s.End - Week) }).Order())
        {
            if (joined.Count > 0 && start <= joined[^1].End)
            {
                joined[^1] = (joined[^1].Start, Math.Max(end, joined[^1].End));
            }
            else
            {
                joined.Add((start, end));
            }
        }

        return joined;
    }
}
