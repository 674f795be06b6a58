using CsvHelper;
using Tandem.Admin.Shell;

namespace Tandem.Admin.Lists.Importing;

/// <summary>One line of a file: where it stands and its cells.</summary>
internal sealed record CsvLine(int Number, string[] Cells)
{
    /// <summary>What is wrong with the line as such, as a sentence; null when nothing is.</summary>
    public string? Why { get; init; }

    /// <summary>Where the quote begins that this line leaves open; null when it leaves none.</summary>
    public int? OpenQuote { get; init; }
}

/// <summary>A file as lines of cells, read with an encoding and a delimiter that are found out where nobody says them.</summary>
internal sealed class CsvFile
{
    private const char Unreadable = '\uFFFD';
    private static readonly char[] s_delimiters = [',', ';', '\t', '|'];
    private static readonly System.Text.Encoding s_windows = System.Text.CodePagesEncodingProvider.Instance.GetEncoding(1252)!;
    private readonly string _text;
    private readonly bool _isTorn;
    private readonly Lazy<int?> _unclosed;

    private CsvFile(string text, string encoding, char delimiter, bool isTorn)
    {
        (_text, Encoding, Delimiter, _isTorn) = (text, encoding, delimiter, isTorn);
        _unclosed = new Lazy<int?>(() => Read().FirstOrDefault(l => l.OpenQuote is not null)?.OpenQuote);
    }

    /// <summary>What people may choose from.</summary>
    public static IReadOnlyList<string> Encodings { get; } = ["utf-8", "utf-16", "windows-1252", "iso-8859-1"];

    public static IReadOnlyList<char> Delimiters => s_delimiters;

    public string Encoding { get; }

    public char Delimiter { get; }

    /// <summary>The line where a quote begins that is never closed; null when there is none.</summary>
    public int? UnclosedQuote => _unclosed.Value;

    /// <summary>The names in the first line.</summary>
    public IReadOnlyList<string> Header => [.. Read().Take(1).SelectMany(l => l.Cells)];

    public static CsvFile Open(ReadOnlyMemory<byte> content, string? encoding, string? delimiter)
    {
        var found = encoding is not null && Encodings.Contains(encoding) ? encoding : EncodingOf(content.Span);
        var text = (found switch
        {
            "utf-16" => content.Span.StartsWith(System.Text.Encoding.BigEndianUnicode.Preamble) ? System.Text.Encoding.BigEndianUnicode : System.Text.Encoding.Unicode,
            "windows-1252" => s_windows,
            "iso-8859-1" => System.Text.Encoding.Latin1,
            _ => System.Text.Encoding.UTF8,
        }).GetString(content.Span).TrimStart('\uFEFF');
        var isTorn = found == "utf-8" && !System.Text.Unicode.Utf8.IsValid(content.Span);
        return new CsvFile(text, found, delimiter is [var given] && s_delimiters.Contains(given) ? given : DelimiterOf(text), isTorn);
    }

    /// <summary>The lines behind the header, each with what is wrong with it as such.</summary>
    public IEnumerable<CsvLine> Lines()
    {
        int? cells = null;
        foreach (var line in Read())
        {
            if (cells is { } count)
            {
                yield return line with { Why = line.Why ?? Fault(line, count) };
            }

            cells ??= line.Cells.Length;
        }
    }

    private string? Fault(CsvLine line, int cells) =>
        line.OpenQuote is { } at ? $"The quote that begins in line {at} is never closed; everything behind it was read as one cell. Close it and send the file again."
        : line.Cells.Length != cells ? $"It has {Words.Plural(line.Cells.Length, "cell", "cells")}, but the first line has {cells}. Look for a divider or a quote too many or too few."
        : _isTorn && line.Cells.Any(c => c.Contains(Unreadable, StringComparison.Ordinal)) ? "It has letters that are no UTF-8. Choose another encoding above."
        : null;

    private IEnumerable<CsvLine> Read()
    {
        var (isOpen, isTrailing) = (false, false);
        using var reader = CsvReader.FromText(_text, new CsvReaderOptions
        {
            Separator = Delimiter,
            HasHeader = false,
            TrackLineNumbers = true,
            OnMalformedRecord = r => (isOpen, isTrailing) = (IsOpen(r.RawRecord), r.Reason == CsvMalformedReason.TextAfterClosingQuote),
        });
        while (reader.Read())
        {
            var line = new CsvLine((int)reader.LineNumber, reader.Current.ToArray());
            yield return line with
            {
                // Cells before the one that is left open may have lines of their own.
                OpenQuote = isOpen ? line.Number + line.Cells.SkipLast(1).Sum(c => c.ReplaceLineEndings("\n").Count(x => x == '\n')) : null,
                // So it looks where a quote was forgotten and a later line's closes it.
                Why = isTrailing && !isOpen ? "Text follows a closing quote. Look for a quote too many or too few." : null,
            };
            (isOpen, isTrailing) = (false, false);
        }
    }

    /// <summary>Whether a record ends inside quotes. The reader names only the first fault of a record, which may be another.</summary>
    private bool IsOpen(string record)
    {
        var (isQuoted, isStart) = (false, true);
        for (var i = 0; i < record.Length; i++)
        {
            if (isQuoted && record[i] == '"' && i + 1 < record.Length && record[i + 1] == '"')
            {
                i++;
                continue;
            }

            isQuoted = record[i] == '"' ? !isQuoted && isStart : isQuoted;
            isStart = !isQuoted && record[i] == Delimiter;
        }

        return isQuoted;
    }

    private static string EncodingOf(ReadOnlySpan<byte> content)
    {
        if (content.StartsWith(System.Text.Encoding.Unicode.Preamble) || content.StartsWith(System.Text.Encoding.BigEndianUnicode.Preamble))
        {
            return "utf-16";
        }

        // What is no UTF-8 comes from a spreadsheet on Windows, which writes its own code page.
        return System.Text.Unicode.Utf8.IsValid(content) ? "utf-8" : "windows-1252";
    }

    private static char DelimiterOf(string text)
    {
        using var reader = CsvReader.FromText(text, new CsvReaderOptions { HasHeader = false });
        return s_delimiters.Contains(reader.Separator) ? reader.Separator : s_delimiters[0];
    }
}
