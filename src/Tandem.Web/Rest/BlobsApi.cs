using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Tandem.Access;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Addresses;

namespace Tandem.Web.Rest;

/// <summary>The content of binary fields.</summary>
internal static class BlobsApi
{
    private const long MaxBytes = 64_000_000;

    public static async Task GetAsync(ApiCall call)
    {
        var table = call.Table();
        var field = FieldOf(call, table.Schema);
        var record = await call.RecordAsync(table, TableAction.View);
        var content = await table.ReadBlobAsync(record.Key, field.Name, call.Cancelled)
            ?? throw ApiProblemException.NotFound($"{field.Label} of this record is empty. PUT content here to fill it.");
        var response = call.Http.Response;
        response.ContentType = Blob.FromContent(content[..Math.Min(Blob.HeadLength, content.Length)]).MediaType;
        response.ContentLength = content.Length;
        // What somebody uploaded is never shown as a page of this server.
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName($"{table.Schema.Name} {record.Key} {field.Name}{Extension(response.ContentType)}");
        response.Headers.ContentDisposition = disposition.ToString();
        if (!HttpMethods.IsHead(call.Http.Request.Method))
        {
            await response.Body.WriteAsync(content, call.Cancelled);
        }
    }

    public static async Task PutAsync(ApiCall call)
    {
        var table = call.Table();
        call.Require(table.Schema, TableAction.Change);
        var field = FieldOf(call, table.Schema);
        var record = await call.RecordAsync(table, TableAction.Change);
        var guard = await RecordsApi.GuardAsync(call, table, TableAction.Change);
        JsonBody.Limit(call.Http, MaxBytes);
        using var content = new MemoryStream();
        await call.Http.Request.Body.CopyToAsync(content, call.Cancelled);
        var set = Patch.Of(field.Name, Blob.FromContent(content.ToArray()));
        switch (await table.WriteAsync(new Write.Update(record.Key, set, guard, call.By), call.Cancelled))
        {
            case WriteResult.Written:
                call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
                break;
            case WriteResult.Rejected rejected:
                throw ApiProblemException.Refused(rejected.Errors);
            case WriteResult.Conflicted:
                throw ApiProblemException.Changed();
            default:
                throw await call.NotWrittenAsync(table, TableAction.Change);
        }
    }

    private static Field FieldOf(ApiCall call, TableSchema schema)
    {
        var name = Links.Name(call.Segments[3]);
        return schema.Find(name) switch
        {
            { IsSecret: false, Type: FieldType.Bytes } field => field,
            { IsSecret: false } => throw ApiProblemException.NotFound($"Field '{name}' holds no binary content. Read it with its record."),
            _ => throw ApiProblemException.NotFound($"Table '{schema.Name}' has no field '{name}'."),
        };
    }

    private static string Extension(string type) => type switch
    {
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "image/gif" => ".gif",
        "image/webp" => ".webp",
        "image/bmp" => ".bmp",
        "application/pdf" => ".pdf",
        "application/zip" => ".zip",
        "application/gzip" => ".gz",
        _ => ".bin",
    };
}
