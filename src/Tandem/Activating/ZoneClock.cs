namespace Tandem.Activating;

/// <summary>
/// What clocks on the wall of a time zone show. A time that comes twice, in autumn, is meant the first time; one that never comes, in spring, is when the clocks jump
/// over it. So of two times the later never passes first.
/// </summary>
internal static class ZoneClock
{
    /// <summary>What the clock shows.</summary>
    public static DateTime Wall(TimeZoneInfo zone, DateTimeOffset now) => DateTime.SpecifyKind(TimeZoneInfo.ConvertTime(now, zone).DateTime, DateTimeKind.Unspecified);

    /// <summary>The latest time that has passed: what the clock shows, or while it shows times again the end of those.</summary>
    public static DateTime Passed(TimeZoneInfo zone, DateTimeOffset now)
    {
        var wall = Wall(zone, now);
        if (!IsSecond(zone, now))
        {
            return wall;
        }

        var end = wall.Date.AddMinutes(Math.Floor(wall.TimeOfDay.TotalMinutes));
        while (zone.IsAmbiguousTime(end))
        {
            end = end.AddMinutes(1);
        }

        return end.AddMicroseconds(-1);
    }

    /// <summary>When the clock shows a time first.</summary>
    public static DateTimeOffset First(TimeZoneInfo zone, DateTime wall)
    {
        wall = DateTime.SpecifyKind(wall, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(wall))
        {
            // The offset before the jump leads past it by as much as the time lies behind its beginning.
            var start = wall.Date.AddMinutes(Math.Floor(wall.TimeOfDay.TotalMinutes));
            while (zone.IsInvalidTime(start))
            {
                start = start.AddMinutes(-1);
            }

            return At(start.AddMinutes(1), zone.GetUtcOffset(start));
        }

        return At(wall, zone.IsAmbiguousTime(wall) ? zone.GetAmbiguousTimeOffsets(wall).Max() : zone.GetUtcOffset(wall));
    }

    /// <summary>When the clock shows a time the last time.</summary>
    public static DateTimeOffset Last(TimeZoneInfo zone, DateTime wall) =>
        !zone.IsInvalidTime(wall) && zone.IsAmbiguousTime(wall) ? At(wall, zone.GetAmbiguousTimeOffsets(wall).Min()) : First(zone, wall);

    /// <summary>When the clocks are next put forward or back between two moments, to the minute; null for not at all.</summary>
    public static DateTimeOffset? Jump(TimeZoneInfo zone, DateTimeOffset after, DateTimeOffset until)
    {
        for (var from = after; from < until; from = from.AddHours(12))
        {
            var (low, high) = (from, from.AddHours(12));
            if (zone.GetUtcOffset(low) == zone.GetUtcOffset(high))
            {
                continue;
            }

            while (high - low > TimeSpan.FromSeconds(1))
            {
                var middle = low + ((high - low) / 2);
                (low, high) = zone.GetUtcOffset(middle) == zone.GetUtcOffset(low) ? (middle, high) : (low, middle);
            }

            return new DateTimeOffset(high.Ticks - (high.Ticks % TimeSpan.TicksPerSecond), high.Offset).ToUniversalTime();
        }

        return null;
    }

    private static bool IsSecond(TimeZoneInfo zone, DateTimeOffset now)
    {
        var wall = Wall(zone, now);
        return zone.IsAmbiguousTime(wall) && zone.GetUtcOffset(now) == zone.GetAmbiguousTimeOffsets(wall).Min();
    }

    // The first years have no time before their beginning.
    private static DateTimeOffset At(DateTime wall, TimeSpan offset) =>
        wall.Ticks - offset.Ticks <= DateTime.MinValue.Ticks ? DateTimeOffset.MinValue
        : wall.Ticks - offset.Ticks >= DateTime.MaxValue.Ticks ? DateTimeOffset.MaxValue
        : new DateTimeOffset(wall.Ticks - offset.Ticks, TimeSpan.Zero);
}
