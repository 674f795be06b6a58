using System.Text;
using Tandem.Records;

namespace Tandem.Admin.Lists.Exporting;

/// <summary>Rows as RFC 4180 has them: commas, quotes written twice, lines that end with CR LF.</summary>
/// <param name="isHarmless">Whether texts that a spreadsheet would run as formulas are led by an apostrophe.</param>
internal sealed class CsvWriter(bool isHarmless)
{
    public void Write(StringBuilder text, IEnumerable<object?> row)
    {
        var isFirst = true;
        foreach (var value in row)
        {
            if (!isFirst)
            {
                text.Append(',');
            }

            isFirst = false;
            // Numbers and dates of ours begin with no sign that means anything but a number.
            Cell(text, value is string said && isHarmless ? Harmless(said) : ValueText.Plain(value));
        }

        text.Append("\r\n");
    }

    /// <summary>A text that no spreadsheet takes for a formula.</summary>
    private static string Harmless(string text) => text is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n', ..] ? "'" + text : text;

    private static void Cell(StringBuilder text, string value)
    {
        if (value.AsSpan().IndexOfAny(",\"\r\n") < 0)
        {
            text.Append(value);
            return;
        }

        text.Append('"').Append(value.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
    }
}
