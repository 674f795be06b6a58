using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tandem.Access;
using Tandem.Schema;
using Tandem.Web.Rest;

namespace Tandem.Web.OpenApi;

/// <summary>The description of the API in OpenAPI 3.1, made from the schemas the user may see.</summary>
internal sealed class OpenApiEndpoint(TandemApp app)
{
    /// <summary>The heading over what belongs to no single table.</summary>
    public const string SharedTag = "All tables";

    public Task GetAsync(ApiCall call)
    {
        TableSchema[] visible = [.. app.Database.Tables.Select(t => call.Database.Look(t.Schema.Name)?.Schema).OfType<TableSchema>().OrderBy(s => s.IsSystem)];
        var document = Describe(visible, call.Http.Request.PathBase, call);
        return RecordJson.AnswerAsync(call.Http, StatusCodes.Status200OK, writer => document.WriteTo(writer));
    }

    private JsonObject Describe(IReadOnlyList<TableSchema> tables, PathString pathBase, ApiCall call)
    {
        var names = new ComponentNames(tables);
        JsonObject paths = [];
        SharedPaths.AddTo(paths, app.Access.Decide(call.User, null, TableAction.Administer).IsAllowed);
        var schemas = SharedSchemas.All();
        foreach (var table in tables)
        {
            bool May(TableAction action) => app.Access.Decide(call.User, table, action).IsAllowed;
            TableSchemas.AddTo(schemas, table, names);
            TablePaths.AddTo(paths, table, names, new TablePaths.Rights(May(TableAction.Add), May(TableAction.Change), May(TableAction.Delete)));
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = app.Title,
                ["version"] = "1",
                ["description"] = "Every table as records to read, write and follow. Errors are problem details (RFC 9457); versions are ETags; changes are server-sent events.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = pathBase.HasValue ? pathBase.Value : "/" }),
            ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() }, new JsonObject { ["cookie"] = new JsonArray() }),
            ["tags"] = new JsonArray([new JsonObject { ["name"] = SharedTag }, .. tables.Select(t => new JsonObject { ["name"] = t.Name, ["description"] = t.ReadOnlyReason ?? t.Label })]),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas,
                ["parameters"] = SharedParameters.All(),
                ["responses"] = SharedResponses.All(),
                ["securitySchemes"] = new JsonObject
                {
                    ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                    ["cookie"] = new JsonObject { ["type"] = "apiKey", ["in"] = "cookie", ["name"] = "tandem" },
                },
            },
        };
    }
}
