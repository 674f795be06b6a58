using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Access;
using Tandem.Admin.Errors;
using Tandem.Admin.Shell;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.Addresses;

namespace Tandem.Admin.RecordPages;

/// <summary><c>/t/{table}/{key}</c> and its neighbours: one record, a new one, its binary content, its deletion.</summary>
internal static partial class RecordEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints, AdminSite site)
    {
        endpoints.MapGet("/t/{table}/new", site.Page(ShowNewAsync)).ExcludeFromDescription();
        endpoints.MapPost("/t/{table}/new", site.Page(CreateAsync)).ExcludeFromDescription();
        endpoints.MapGet("/t/{table}/options", site.Page(OptionsAsync)).ExcludeFromDescription();
        endpoints.MapGet("/t/{table}/{key}", site.Page(ShowAsync)).ExcludeFromDescription();
        endpoints.MapPost("/t/{table}/{key}", site.Page(SaveAsync)).ExcludeFromDescription();
        endpoints.MapGet("/t/{table}/{key}/delete", site.Page(AskDeleteAsync)).ExcludeFromDescription();
        endpoints.MapPost("/t/{table}/{key}/delete", site.Page(DeleteAsync)).ExcludeFromDescription();
        endpoints.MapPost("/t/{table}/{key}/revert", site.Page(RevertAsync)).ExcludeFromDescription();
        endpoints.MapPost("/t/{table}/{key}/undo", site.Page(UndoAsync)).ExcludeFromDescription();
        endpoints.MapGet("/t/{table}/{key}/blob/{field}", site.Page(BlobAsync)).ExcludeFromDescription();
    }

    private static async Task<IResult> ShowAsync(PageContext page)
    {
        var (table, key, refused) = await RecordAsync(page);
        if (refused is not null)
        {
            return refused;
        }

        var record = await RecordLoader.FindAsync(page, table!, key!);
        if (record is null)
        {
            return await MissingAsync(page, table!, key!);
        }

        var notice = page.Http.Request.Query["did"].ToString() switch
        {
            "save" => new Notice("Saved.", false),
            "create" => new Notice("Created.", false),
            "back" => new Notice("Taken back.", false),
            "partly" => new Notice("Saved. The database keeps some values in its own form; they are shown below.", false),
            _ => null,
        };
        return PageContext.View<RecordPage>(await RecordLoader.ShowAsync(page, table!, record, RecordLoader.Attempt.None, notice));
    }

    private static async Task<IResult> ShowNewAsync(PageContext page)
    {
        var (table, refused) = await page.TableAsync();
        if (table is null)
        {
            return refused!;
        }

        var decision = page.Decide(table.Schema, TableAction.Add);
        return decision.IsAllowed
            ? PageContext.View<RecordPage>(await RecordLoader.NewAsync(page, table, RecordLoader.Attempt.None, null))
            : await ErrorEndpoints.ShowAsync(page, 403, "No record can be added here", decision.Reason);
    }

    private static async Task<IResult> BlobAsync(PageContext page)
    {
        var (table, key, refused) = await RecordAsync(page);
        if (refused is not null)
        {
            return refused;
        }

        var field = Links.FieldOf(page.Http);
        if (table!.Schema.Find(field) is not { IsSecret: false } || await RecordLoader.FindAsync(page, table, key!) is not { } record
            || record[field] is not Blob blob || await table.ReadBlobAsync(key!, field, page.Aborted) is not { } content)
        {
            return await ErrorEndpoints.ShowAsync(page, 404, "There is no content", "The record or its content is no longer there. Go back to the list.");
        }

        // Only pictures are shown by the browser itself; everything else is kept from running here.
        page.Http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        var isPicture = blob.MediaType.StartsWith("image/", StringComparison.Ordinal);
        return isPicture
            ? Results.Bytes(content, blob.MediaType)
            : Results.Bytes(content, "application/octet-stream", FileName(field, blob.MediaType));
    }

    private static string FileName(string field, string mediaType) =>
        string.Concat(field.Select(c => char.IsLetterOrDigit(c) ? c : '-')) + mediaType switch
        {
            "application/pdf" => ".pdf",
            "application/zip" => ".zip",
            "application/gzip" => ".gz",
            _ => ".bin",
        };

    private static async Task<(PermittedTable? Table, RecordKey? Key, IResult? Refused)> RecordAsync(PageContext page)
    {
        var (table, refused) = await page.TableAsync();
        if (table is null)
        {
            return (null, null, refused);
        }

        if (!RecordKey.TryParse(table.Schema, Links.KeyOf(page.Http), out var key))
        {
            return (table, null, await ErrorEndpoints.ShowAsync(page, 404, "There is no such record", table.Schema.IsKeyless
                ? $"Records of “{table.Schema.Label}” cannot be told apart, since it has no key. They are shown in its list."
                : $"This is not a key of “{table.Schema.Label}”. Open the record from its list.", table.Schema));
        }

        return (table, key, null);
    }

    private static async Task<IResult> MissingAsync(PageContext page, ITable table, RecordKey key)
    {
        var last = (await page.Database.HistoryAsync(table.Schema.Name, key, 1, page.Aborted)).FirstOrDefault();
        var text = last is { Kind: Changes.ChangeKind.Delete }
            ? $"{last.Actor} deleted it at {Words.Time(last.At)}."
            : "It was deleted, or it never was.";
        return PageContext.View<MissingPage>(new MissingModel(await page.ShellAsync(table.Schema), table.Schema, text), 404);
    }
}
