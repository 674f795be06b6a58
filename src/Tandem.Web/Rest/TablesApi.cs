using Microsoft.AspNetCore.Http;
using Tandem.Access;
using Tandem.Querying;
using Tandem.Tables;

namespace Tandem.Web.Rest;

/// <summary>What tables there are and what they hold.</summary>
internal static class TablesApi
{
    public static async Task ListAsync(ApiCall call)
    {
        JsonBody.RequireAccepted(call.Http.Request, "application/json");
        List<(ITable Table, RecordCount Count)> tables = [];
        foreach (var whole in call.App.Database.Tables)
        {
            if (call.Database.Look(whole.Schema.Name) is { } table)
            {
                tables.Add((table, await CountAsync(call, table)));
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
        var table = call.Database.Look(Addresses.Links.Name(call.Segments[1])) ?? call.Table(TableAction.List);
        JsonBody.RequireAccepted(call.Http.Request, "application/json");
        var count = await CountAsync(call, table);
        await RecordJson.AnswerAsync(call.Http, StatusCodes.Status200OK, writer => SchemaJson.Write(writer, table.Schema, count));
    }

    /// <summary>An estimate tells of the whole table; who may see only some records gets the count of those.</summary>
    private static async Task<RecordCount> CountAsync(ApiCall call, PermittedTable table) => table.Visible.Filter is Filter.AllFilter
        ? await call.App.Database.EstimateAsync(table.Schema.Name, call.Cancelled)
        : new RecordCount(await table.CountAsync(Filter.All, call.Cancelled), true);
}
