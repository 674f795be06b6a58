using Microsoft.AspNetCore.Http;
using Tandem.Access;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Web.Rest;

/// <summary>Reading records.</summary>
internal static partial class RecordsApi
{
    public static async Task ListAsync(ApiCall call)
    {
        var table = call.Table(TableAction.List);
        JsonBody.RequireAccepted(call.Http.Request, "application/json");
        var options = call.Http.Request.Query;
        var query = ListOptions.Read(table.Schema, options);
        long? count = ListOptions.ReadCount(options) ? await table.CountAsync(query.Filter, call.Cancelled) : null;
        var page = await table.QueryAsync(query, call.Cancelled);
        await RecordJson.AnswerAsync(call.Http, StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("value");
            foreach (var record in page.Records)
            {
                RecordJson.Write(writer, query.Fields is null ? record : Projected(record, query.Fields));
            }

            writer.WriteEndArray();
            writer.WriteString("next", page.Next);
            if (count is { } exact)
            {
                writer.WriteNumber("count", exact);
            }

            writer.WriteEndObject();
        });
    }

    public static async Task GetAsync(ApiCall call)
    {
        var table = call.Table();
        var record = await call.RecordAsync(table, TableAction.View);
        JsonBody.RequireAccepted(call.Http.Request, "application/json");
        var tag = RecordTags.Of(record);
        if (RecordTags.IsKnown(call.Http.Request, tag))
        {
            call.Http.Response.Headers.ETag = tag.ToString();
            call.Http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        await AnswerAsync(call, StatusCodes.Status200OK, record);
    }

    private static async Task AnswerAsync(ApiCall call, int status, Record record)
    {
        call.Http.Response.Headers.ETag = RecordTags.Of(record).ToString();
        await RecordJson.AnswerAsync(call.Http, status, writer => RecordJson.Write(writer, record));
    }

    /// <summary>Answers with a record as a write gave it; its ETag needs digests, which not every source gives along.</summary>
    private static async Task AnswerStoredAsync(ApiCall call, PermittedTable table, int status, Record stored)
    {
        foreach (var value in stored.Values.ToArray())
        {
            if (value is Blob { Digest: null })
            {
                stored = await table.GetAsync(stored.Key, call.Cancelled) ?? throw ApiCall.NoRecord(table.Schema);
                break;
            }
        }

        await AnswerAsync(call, status, stored);
    }

    /// <summary>Tables may bring more fields than asked for; the answer does not.</summary>
    private static Record Projected(Record record, IReadOnlyList<string> fields)
    {
        TableSchema schema = record.Schema.Project([.. fields]);
        return schema.Fields.Count == record.Schema.Fields.Count ? record : new Record(schema, [.. schema.Fields.Select(f => record[f.Name])]);
    }
}
