using System.Globalization;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Admin.Shell;

/// <summary>Small phrases that several pages say.</summary>
internal static class Words
{
    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + " UTC";

    public static string Iso(DateTimeOffset at) => ValueText.Plain(at);

    public static string Initials(string name)
    {
        var parts = name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var letters = parts.Length > 1 ? parts[0][..1] + parts[^1][..1] : name.Length > 1 ? name[..2] : name;
        return letters.ToUpperInvariant();
    }

    /// <summary>How a list names one of its records: “product” of “Products”.</summary>
    public static string One(TableSchema schema) => "record";

    public static string Cut(string text, int length) => text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)] + "…";

    public static string Plural(int count, string one, string many) =>
        count.ToString("N0", CultureInfo.InvariantCulture) + " " + (count == 1 ? one : many);
}
