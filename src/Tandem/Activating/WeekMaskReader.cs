using System.Globalization;

namespace Tandem.Activating;

/// <summary>Reads the text of a <see cref="WeekMask"/> into minutes of the week, Monday's midnight being the first.</summary>
internal static class WeekMaskReader
{
    private const int Day = 24 * 60;
    private const int LongestText = 1_000;
    private const string Remedy = "Write times such as Mon-Fri 08:00-18:00; Sat 09:00-12:00.";
    private static readonly string[] s_days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    /// <returns>What is wrong, or null.</returns>
    public static string? Read(string text, out List<(int Start, int End)> spans)
    {
        spans = [];
        if (text.Length > LongestText)
        {
            return $"This has more than {LongestText} characters. Say it more briefly.";
        }

        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (Part(part, spans) is { } fault)
            {
                return fault;
            }
        }

        return spans.Count > 0 ? null : $"No times are named. {Remedy}";
    }

    private static string? Part(string part, List<(int Start, int End)> spans)
    {
        SortedSet<int> days = [];
        List<(int Start, int End)> times = [];
        // Spaces stand between days and times, and nowhere else: around dashes and commas they are only how people write.
        foreach (var word in Close(part).Split((char[])[' ', ','], StringSplitOptions.RemoveEmptyEntries))
        {
            var isTime = char.IsAsciiDigit(word[0]);
            if (!isTime && times.Count > 0)
            {
                return $"“{word}” comes after a time. Put a semicolon before it.";
            }

            if ((isTime ? Times(word, times) : Days(word, days)) is { } fault)
            {
                return fault;
            }
        }

        foreach (var day in days.Count == 0 ? Enumerable.Range(0, 7) : days)
        {
            spans.AddRange((times.Count == 0 ? [(0, Day)] : times).Select(t => ((day * Day) + t.Start, (day * Day) + t.End)));
        }

        return null;
    }

    private static string Close(string part) => string.Join('-', part.Split('-', '–', '—').Select(p => p.Trim()));

    private static string? Days(string word, SortedSet<int> days)
    {
        var ends = word.Split('-');
        int[] found = [.. ends.Select(DayOf)];
        if (ends.Length > 2 || found.Contains(-1))
        {
            return $"“{word}” is neither a day nor a time. {Remedy}";
        }

        for (var day = found[0]; ; day = (day + 1) % 7)
        {
            days.Add(day);
            if (day == found[^1])
            {
                return null;
            }
        }
    }

    private static int DayOf(string name) => name.Length >= 3
        ? Array.FindIndex(s_days, d => name.StartsWith(d, StringComparison.OrdinalIgnoreCase) && IsDay(name))
        : -1;

    private static bool IsDay(string name) => name.Length == 3 || Enum.TryParse<DayOfWeek>(name, ignoreCase: true, out _);

    private static string? Times(string word, List<(int Start, int End)> times)
    {
        var ends = word.Split('-');
        if (ends.Length != 2 || MinuteOf(ends[0]) is not { } start || MinuteOf(ends[1]) is not { } end)
        {
            return $"“{word}” is no span of time. Write it as 08:00-18:00.";
        }

        if (start == end || start == Day)
        {
            return $"“{word}” takes no time. Write 00:00-24:00 for all day.";
        }

        times.Add((start, end > start ? end : end + Day));
        return null;
    }

    private static int? MinuteOf(string text)
    {
        var parts = text.Split(':');
        return parts.Length == 2 && parts[0].Length is 1 or 2 && parts[1].Length == 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var hour)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minute)
            && minute < 60 && (hour < 24 || (hour == 24 && minute == 0))
                ? (hour * 60) + minute
                : null;
    }
}
