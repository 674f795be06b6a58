using System.Globalization;

namespace Tandem.Cli.Bakery;

/// <summary>Values as SQLite keeps them.</summary>
internal static class Text
{
    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Time(int minutes) => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60:00}:{minutes % 60:00}:00");

    public static string Moment(DateOnly day, int minutes, int seconds = 0) =>
        string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd} {minutes / 60:00}:{minutes % 60:00}:{seconds:00}");

    public static double Money(long cents) => cents / 100.0;

    public static string Plain(string name) => new([.. name.ToLowerInvariant().Where(char.IsAsciiLetterOrDigit)]);
}
