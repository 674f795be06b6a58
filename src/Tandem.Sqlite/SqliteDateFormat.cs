using System.Globalization;
using Tandem.Schema;

namespace Tandem.Sqlite;

/// <summary>
/// How one column spells its dates and times. SQLite has no such type, so each database has its own habit; the values
/// found tell which, and values written keep to it. A value spelt otherwise stays the text it is.
/// </summary>
internal sealed record SqliteDateFormat(FieldType Type, string Pattern)
{
    private static readonly string[] s_dates = ["yyyy-MM-dd"];

    private static readonly string[] s_times = ["HH:mm:ss", "HH:mm", "HH:mm:ss.FFFFFFF"];

    private static readonly string[] s_dateTimes =
    [
        "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm:ss.fff", "yyyy-MM-dd'T'HH:mm:ss.fff", "yyyy-MM-dd HH:mm:ss.FFFFFFF",
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd",
    ];

    private static readonly string[] s_instants =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", "yyyy-MM-dd HH:mm:ss.FFFFFFF'Z'",
        "yyyy-MM-dd HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd HH:mm:ss.FFFFFFFzzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz",
    ];

    /// <summary>The format that reads most of the samples; the first of its type when there are none.</summary>
    public static SqliteDateFormat Detect(FieldType declared, IReadOnlyList<string> samples)
    {
        IEnumerable<SqliteDateFormat> candidates = declared switch
        {
            FieldType.Date => [.. Of(declared, s_dates), .. Of(FieldType.DateTime, s_dateTimes)],
            FieldType.Time => Of(declared, s_times),
            FieldType.Instant => [.. Of(declared, s_instants), .. Of(FieldType.DateTime, s_dateTimes)],
            _ => [.. Of(FieldType.DateTime, s_dateTimes), .. Of(FieldType.Instant, s_instants)],
        };
        SqliteDateFormat? best = null;
        var most = -1;
        foreach (var candidate in candidates)
        {
            var fitting = samples.Count(s => candidate.TryRead(s, out _));
            if (fitting > most)
            {
                (best, most) = (candidate, fitting);
            }
        }

        return best!;
    }

    /// <summary>Reads a text if writing the value again gives the same text.</summary>
    public bool TryRead(string text, out object? value)
    {
        var culture = CultureInfo.InvariantCulture;
        string[] patterns = [Pattern, Full];
        value = Type switch
        {
            FieldType.Date when DateOnly.TryParseExact(text, patterns, culture, DateTimeStyles.None, out var date) => date,
            FieldType.Time when TimeOnly.TryParseExact(text, patterns, culture, DateTimeStyles.None, out var time) => time,
            FieldType.DateTime when DateTime.TryParseExact(text, patterns, culture, DateTimeStyles.None, out var local) => local,
            FieldType.Instant when DateTimeOffset.TryParseExact(text, patterns, culture, DateTimeStyles.AssumeUniversal, out var instant) => instant.ToUniversalTime(),
            _ => null,
        };
        return value is not null && Write(value) == text;
    }

    /// <summary>Spells a value; one that the column's habit would cut (seconds, say) is spelt in full.</summary>
    public string Write(object value)
    {
        var culture = CultureInfo.InvariantCulture;
        switch (value)
        {
            case DateOnly date when Type == FieldType.Date:
                return date.ToString(Pattern, culture);
            case TimeOnly time when Type == FieldType.Time:
                var clock = time.ToString(Pattern, culture);
                return TimeOnly.ParseExact(clock, Pattern, culture) == time ? clock : time.ToString(Full, culture);
            case DateTime local when Type == FieldType.DateTime:
                var moment = local.ToString(Pattern, culture);
                return DateTime.ParseExact(moment, Pattern, culture) == local ? moment : local.ToString(Full, culture);
            case DateTimeOffset instant when Type == FieldType.Instant:
                var utc = instant.ToUniversalTime();
                var spelt = utc.ToString(Pattern, culture);
                return DateTimeOffset.ParseExact(spelt, Pattern, culture, DateTimeStyles.AssumeUniversal) == utc ? spelt : utc.ToString(Full, culture);
            default:
                return Records.ValueText.Plain(value);
        }
    }

    /// <summary>The spelling that cuts nothing, otherwise like the column's own.</summary>
    private string Full => Type switch
    {
        FieldType.Date => "yyyy-MM-dd",
        FieldType.Time => "HH:mm:ss.FFFFFFF",
        _ => (Pattern.Contains('T', StringComparison.Ordinal) ? "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF" : "yyyy-MM-dd HH:mm:ss.FFFFFFF")
            + (Type != FieldType.Instant ? "" : Pattern.EndsWith("zzz", StringComparison.Ordinal) ? "zzz" : "'Z'"),
    };

    private static IEnumerable<SqliteDateFormat> Of(FieldType type, string[] patterns) => patterns.Select(p => new SqliteDateFormat(type, p));
}
