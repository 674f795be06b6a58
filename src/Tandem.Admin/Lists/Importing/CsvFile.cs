using CsvHelper;

namespace Tandem.Admin.Lists.Importing;

/// <summary>One line of a file: where it stands and its cells.</summary>
internal sealed record CsvLine(int Number, string[] Cells);

/// <summary>A file as lines of cells, read with an encoding and a delimiter that are found out where nobody says them.</summary>
internal sealed class CsvFile
{
    private static readonly char[] s_delimiters = [',', ';', '\t', '|'];
    private readonly string _text;

    private CsvFile(string text, string encoding, char delimiter) => (_text, Encoding, Delimiter) = (text, encoding, delimiter);

    /// <summary>What people may choose from.</summary>
    public static IReadOnlyList<string> Encodings { get; } = ["utf-8", "utf-16", "iso-8859-1"];

    public static IReadOnlyList<char> Delimiters => s_delimiters;

    public string Encoding { get; }

    public char Delimiter { get; }

    /// <summary>The names in the first line.</summary>
    public IReadOnlyList<string> Header => [.. Read().Take(1).SelectMany(l => l.Cells)];

    public static CsvFile Open(ReadOnlyMemory<byte> content, string? encoding, string? delimiter)
    {
        var found = encoding is not null && Encodings.Contains(encoding) ? encoding : EncodingOf(content.Span);
        var text = (found switch
        {
            "utf-16" => content.Span.StartsWith(System.Text.Encoding.BigEndianUnicode.Preamble) ? System.Text.Encoding.BigEndianUnicode : System.Text.Encoding.Unicode,
            "iso-8859-1" => System.Text.Encoding.Latin1,
            _ => System.Text.Encoding.UTF8,
        }).GetString(content.Span).TrimStart('\uFEFF');
        return new CsvFile(text, found, delimiter is [var given] && s_delimiters.Contains(given) ? given : DelimiterOf(text));
    }

    /// <summary>The lines behind the header.</summary>
    public IEnumerable<CsvLine> Lines() => Read().Skip(1);

    private IEnumerable<CsvLine> Read()
    {
        using var reader = CsvReader.FromText(_text, new CsvReaderOptions { Separator = Delimiter, HasHeader = false, TrackLineNumbers = true });
        while (reader.Read())
        {
            yield return new CsvLine((int)reader.LineNumber, reader.Current.ToArray());
        }
    }

    private static string EncodingOf(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith(System.Text.Encoding.Unicode.Preamble) || content.StartsWith(System.Text.Encoding.BigEndianUnicode.Preamble))
        {
            return "utf-16";
        }

        // What is no UTF-8 comes from an older spreadsheet; there every byte is a letter.
        return System.Text.Unicode.Utf8.IsValid(content) ? "utf-8" : "iso-8859-1";
    }

    private static char DelimiterOf(string text)
    {
        using var reader = CsvReader.FromText(text, new CsvReaderOptions { HasHeader = false });
        return s_delimiters.Contains(reader.Separator) ? reader.Separator : s_delimiters[0];
    }
}
