using System.Globalization;

namespace Tandem.PostgreSql;

/// <summary>Dates and times that .NET has no value for, spelt as PostgreSQL spells them, so that they can be shown, guarded and written back.</summary>
internal static class PgFarTime
{
    private const long MicrosPerDay = TimeSpan.MicrosecondsPerDay;

    /// <param name="days">Days after 2000-01-01.</param>
    public static string Date(int days)
    {
        var (date, era) = Civil(days);
        return date + era;
    }

    /// <param name="micros">Microseconds after 2000-01-01.</param>
    /// <param name="isZoned">Whether the text names its zone, which is UTC.</param>
    public static string Moment(long micros, bool isZoned)
    {
        if (micros is long.MaxValue or long.MinValue)
        {
            return micros > 0 ? "infinity" : "-infinity";
        }

        var days = Math.DivRem(micros, MicrosPerDay, out var rest);
        if (rest < 0)
        {
            (days, rest) = (days - 1, rest + MicrosPerDay);
        }

        var (date, era) = Civil(days);
        var clock = new TimeOnly(rest * TimeSpan.TicksPerMicrosecond).ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture);
        return $"{date} {clock}{(isZoned ? "+00" : "")}{era}";
    }

    /// <summary>The proleptic Gregorian date of a day. After H. Hinnant, "chrono-compatible low-level date algorithms", civil_from_days.</summary>
    private static (string Date, string Era) Civil(long days)
    {
        var shifted = days + 10_957 + 719_468;
        var era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097;
        var dayOfEra = shifted - era * 146_097;
        var yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        var dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        var month = (5 * dayOfYear + 2) / 153;
        var day = dayOfYear - (153 * month + 2) / 5 + 1;
        month += month < 10 ? 3 : -9;
        var year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        // There is no year zero: the year before 1 is 1 BC.
        return (string.Create(CultureInfo.InvariantCulture, $"{(year > 0 ? year : 1 - year):0000}-{month:00}-{day:00}"), year > 0 ? "" : " BC");
    }
}
