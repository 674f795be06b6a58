using Tandem.Access;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Admin.Errors;
using Tandem.Admin.Shell;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.Addresses;

namespace Tandem.Admin.Lists.Exporting;

/// <summary><c>GET /t/{table}/export</c>: every record of a list, in its columns and order, as a file that is sent while it is read.</summary>
/// <remarks>
/// <c>format</c> is <c>csv</c> (the default), <c>json</c> or <c>xlsx</c>. A workbook is made in a file beside first, since its parts lie in one archive. For CSV <c>bom=1</c> marks the encoding for spreadsheets, and <c>raw=1</c> leaves texts that look like
/// formulas as they are. Whoever stops listening ends the reading.
/// </remarks>
internal static class ExportEndpoints
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static void Map(IEndpointRouteBuilder endpoints, AdminSite site) =>
        endpoints.MapGet("/t/{table}/" + Links.Export, site.Page(AnswerAsync)).ExcludeFromDescription();

    private static async Task<IResult> AnswerAsync(PageContext page)
    {
        var (table, refused) = await page.TableAsync(TableAction.List);
        if (table is null)
        {
            return refused!;
        }

        var options = page.Http.Request.Query;
        var format = options["format"].ToString();
        if (format is not ("" or "csv" or "json" or "xlsx"))
        {
            return await ErrorEndpoints.ShowAsync(page, 400, "There is no such format", $"Records cannot be exported as “{format}”. Choose csv, json or xlsx.");
        }

        var rows = await RowsAsync(page, table);
        var name = string.Concat(table.Schema.Name.Select(c => char.IsLetterOrDigit(c) ? c : '-'));
        if (format == "xlsx")
        {
            return await WorkbookAsync(page, table, rows, name + ".xlsx");
        }

        // A refusal must come before the first byte does, so the first page is asked for now.
        var pages = rows.ReadAsync(page.Aborted).GetAsyncEnumerator(page.Aborted);
        var hasFirst = await pages.MoveNextAsync();
        return format == "json"
            ? Results.Stream(body => JsonAsync(body, rows, pages, hasFirst, page.Aborted), "application/json", name + ".json")
            : Results.Stream(body => CsvAsync(body, rows, pages, hasFirst, new CsvWriter(options["raw"] != "1"), options["bom"] == "1", page.Aborted), "text/csv; charset=utf-8", name + ".csv");
    }

    private static async Task<ExportRows> RowsAsync(PageContext page, ITable table)
    {
        var schema = table.Schema;
        var state = ListState.Parse(schema, page.Http.Request.Query.SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key, v ?? ""))));
        IEnumerable<string> columns = state.Columns.Count > 0 ? state.Columns : schema.Fields.Where(f => !f.IsSecret).Select(f => f.Name);
        return new ExportRows(page, table, new Query
        {
            Filter = await ListQuery.FilterAsync(page, schema, state),
            Order = state.Order is { } order ? [order] : [],
            Fields = [.. columns],
        });
    }

    private static async Task<IResult> WorkbookAsync(PageContext page, ITable table, ExportRows rows, string name)
    {
        var file = new FileStream(
            Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 65_536, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        try
        {
            if (await XlsxFile.WriteAsync(file, table.Schema.Label, rows.Columns, rows.ReadAsync(page.Aborted), page.Aborted))
            {
                await file.DisposeAsync();
                return await ErrorEndpoints.ShowAsync(page, 400, "This is too much for a workbook", $"A sheet holds {XlsxFile.MaxRows:N0} rows. Narrow the filter, or export CSV.", table.Schema);
            }
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }

        file.Position = 0;
        return Results.Stream(file, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", name);
    }

    private static async Task CsvAsync(Stream body, ExportRows rows, IAsyncEnumerator<IReadOnlyList<object?[]>> pages, bool hasPage, CsvWriter csv, bool hasMark, CancellationToken cancellationToken)
    {
        await using var closing = pages;
        var text = new StringBuilder(hasMark ? "\uFEFF" : "");
        csv.Write(text, rows.Columns.Select(c => c.Header));
        for (; hasPage; hasPage = await pages.MoveNextAsync())
        {
            foreach (var row in pages.Current)
            {
                csv.Write(text, row);
            }

            await body.WriteAsync(s_utf8.GetBytes(text.ToString()), cancellationToken);
            text.Clear();
        }
    }

    private static async Task JsonAsync(Stream body, ExportRows rows, IAsyncEnumerator<IReadOnlyList<object?[]>> pages, bool hasPage, CancellationToken cancellationToken)
    {
        await using var closing = pages;
        await using var writer = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        writer.WriteStartArray();
        for (; hasPage; hasPage = await pages.MoveNextAsync())
        {
            foreach (var row in pages.Current)
            {
                writer.WriteStartObject();
                foreach (var (column, value) in rows.Columns.Zip(row))
                {
                    writer.WritePropertyName(column.Header);
                    ValueJson.Write(writer, column.Field, value);
                }

                writer.WriteEndObject();
            }

            await writer.FlushAsync(cancellationToken);
        }

        writer.WriteEndArray();
        await writer.FlushAsync(cancellationToken);
    }
}
