using Microsoft.AspNetCore.Http;
using Tandem.Web.Streams;

namespace Tandem.Web.Rest;

/// <summary>What happened to a record, newest first; also to one that is gone.</summary>
internal static class HistoryApi
{
    public static async Task ListAsync(ApiCall call)
    {
        var schema = call.Table().Schema;
        JsonBody.RequireAccepted(call.Http.Request, "application/json");
        var changes = await call.Database.HistoryAsync(schema.Name, call.Key(schema), ListOptions.ReadFirst(call.Http.Request.Query), call.Cancelled);
        await RecordJson.AnswerAsync(call.Http, StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("value");
            foreach (var change in changes)
            {
                ChangeJson.Write(writer, schema, change);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }
}
