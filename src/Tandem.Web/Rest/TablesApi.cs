using Microsoft.AspNetCore.Http;
using Tandem.Access;
using Tandem.Tables;

namespace Tandem.Web.Rest;

/// <summary>What tables there are and what they hold.</summary>
internal static class TablesApi
{
    public static async Task ListAsync(ApiCall call)
    {
        JsonBody.RequireAccepted(call.Http.Request, "application/json");
        List<(ITable Table, RecordCount Count)> tables = [];
        foreach (var table in call.App.Database.Tables)
        {
            if (call.App.Access.Decide(call.User, table.Schema, TableAction.View).IsAllowed)
            {
                tables.Add((table, await call.App.Database.EstimateAsync(table.Schema.Name, call.Cancelled)));
            }
        }

        await RecordJson.AnswerAsync(call.Http, StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("value");
            foreach (var (table, count) in tables)
            {
                SchemaJson.Write(writer, table.Schema, count);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    public static async Task GetAsync(ApiCall call)
    {
        var schema = call.Table().Schema;
        call.Require(schema, TableAction.View);
        JsonBody.RequireAccepted(call.Http.Request, "application/json");
        var count = await call.App.Database.EstimateAsync(schema.Name, call.Cancelled);
        await RecordJson.AnswerAsync(call.Http, StatusCodes.Status200OK, writer => SchemaJson.Write(writer, schema, count));
    }
}
