using System.Globalization;
using System.IO.Packaging;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Spreadsheet;
using Tandem.Admin.Shell;
using Tandem.Records;
using Field = Tandem.Schema.Field;

namespace Tandem.Admin.Lists.Exporting;

/// <summary>
/// A workbook of one sheet, written row by row: numbers, dates and yes or no as what they are, everything else as text, which no
/// spreadsheet runs. The library's own documents would hold the whole sheet in memory, so its parts are written into a package that is only written.
/// </summary>
internal static class XlsxFile
{
    /// <summary>What a sheet holds at most, its head included.</summary>
    public const int MaxRows = 1_048_576;

    // A cell holds no longer text.
    private const int MaxText = 32_767;
    private const uint DateStyle = 1;
    private const uint MomentStyle = 2;
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";
    private const string Types = "application/vnd.openxmlformats-officedocument.spreadsheetml.";
    // Before it, spreadsheets count a day that never was.
    private static readonly DateOnly s_first = new(1900, 3, 1);
    private static readonly Uri s_book = new("/xl/workbook.xml", UriKind.Relative);
    private static readonly Uri s_sheet = new("/xl/worksheets/sheet1.xml", UriKind.Relative);
    private static readonly Uri s_styles = new("/xl/styles.xml", UriKind.Relative);

    /// <param name="file">Where it is written.</param>
    /// <param name="name">The sheet's name.</param>
    /// <param name="columns">The columns.</param>
    /// <param name="pages">Values in the order of the columns, page by page.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Whether there were more records than a sheet holds.</returns>
    public static async Task<bool> WriteAsync(
        Stream file, string name, IReadOnlyList<ExportColumn> columns, IAsyncEnumerable<IReadOnlyList<object?[]>> pages, CancellationToken cancellationToken)
    {
        using var package = Package.Open(file, FileMode.Create, FileAccess.Write);
        package.CreateRelationship(s_book, TargetMode.Internal, Relations + "officeDocument", "rId1");
        var book = package.CreatePart(s_book, Types + "sheet.main+xml", CompressionOption.Fast);
        book.CreateRelationship(s_sheet, TargetMode.Internal, Relations + "worksheet", "rId1");
        book.CreateRelationship(s_styles, TargetMode.Internal, Relations + "styles", "rId2");
        Put(book, new Workbook(new Sheets(new Sheet { Name = SheetName(name), SheetId = 1, Id = "rId1" })));
        Put(package.CreatePart(s_styles, Types + "styles+xml", CompressionOption.Fast), Styles());
        await using var stream = package.CreatePart(s_sheet, Types + "worksheet+xml", CompressionOption.Fast).GetStream();
        using var writer = OpenXmlWriter.Create(stream);
        writer.WriteStartElement(new Worksheet());
        writer.WriteStartElement(new SheetData());
        Row(writer, columns.Select(c => Text(c.Header)));
        var rows = 1;
        await foreach (var page in pages.WithCancellation(cancellationToken))
        {
            foreach (var row in page.Take(MaxRows - rows))
            {
                Row(writer, columns.Zip(row, (c, value) => CellOf(c.IsName ? null : c.Field, value)));
            }

            rows += page.Count;
            if (rows > MaxRows)
            {
                break;
            }
        }

        writer.WriteEndElement();
        writer.WriteEndElement();
        return rows > MaxRows;
    }

    private static void Put(PackagePart part, OpenXmlElement element)
    {
        using var stream = part.GetStream();
        using var writer = OpenXmlWriter.Create(stream);
        writer.WriteElement(element);
    }

    private static void Row(OpenXmlWriter writer, IEnumerable<Cell> cells)
    {
        writer.WriteStartElement(new Row());
        foreach (var cell in cells)
        {
            writer.WriteElement(cell);
        }

        writer.WriteEndElement();
    }

    private static Cell CellOf(Field? field, object? value) => value switch
    {
        null => new Cell(),
        bool yes => new Cell { DataType = CellValues.Boolean, CellValue = new CellValue(yes ? "1" : "0") },
        // Spreadsheets keep 15 digits; a longer number stays whole as a text.
        long or double or decimal when Digits(value) <= 15 => new Cell { DataType = CellValues.Number, CellValue = new CellValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture)) },
        DateOnly day when day >= s_first => Day(day.ToDateTime(TimeOnly.MinValue), DateStyle),
        DateTime at when DateOnly.FromDateTime(at) >= s_first => Day(at, MomentStyle),
        DateTimeOffset at when DateOnly.FromDateTime(at.UtcDateTime) >= s_first => Day(at.UtcDateTime, MomentStyle),
        _ => Text(field is null ? ValueText.Plain(value) : ValueText.Display(field, value)),
    };

    private static int Digits(object number) => number switch
    {
        double real => double.IsFinite(real) ? 0 : int.MaxValue,
        _ => ((IFormattable)number).ToString(null, CultureInfo.InvariantCulture).Count(char.IsAsciiDigit),
    };

    private static Cell Day(DateTime at, uint style) => new() { StyleIndex = style, CellValue = new CellValue(at.ToOADate().ToString("R", CultureInfo.InvariantCulture)) };

    private static Cell Text(string text) => new()
    {
        DataType = CellValues.InlineString,
        InlineString = new InlineString(new Text(Legal(text)) { Space = SpaceProcessingModeValues.Preserve }),
    };

    /// <summary>XML holds no control characters beside tabs and line ends. A text that is too long ends with a sign of it.</summary>
    private static string Legal(string text) =>
        string.Concat((text.Length > MaxText ? Words.Cut(text, MaxText - 2) : text).Where(c => System.Xml.XmlConvert.IsXmlChar(c) || char.IsSurrogate(c)));

    /// <summary>At most 31 characters, and none of those that addresses of cells are made of.</summary>
    private static string SheetName(string name)
    {
        var plain = string.Concat(name.Where(c => !"[]:*?/\\'".Contains(c, StringComparison.Ordinal) && !char.IsControl(c)));
        return plain.Length == 0 ? "Records" : plain[..Math.Min(31, plain.Length)];
    }

    private static Stylesheet Styles() => new(
        new Fonts(new Font()),
        new Fills(new Fill(new PatternFill { PatternType = PatternValues.None }), new Fill(new PatternFill { PatternType = PatternValues.Gray125 })),
        new Borders(new Border()),
        new CellStyleFormats(new CellFormat()),
        new CellFormats(
            new CellFormat(),
            new CellFormat { NumberFormatId = 14, ApplyNumberFormat = true },
            new CellFormat { NumberFormatId = 22, ApplyNumberFormat = true }));
}
