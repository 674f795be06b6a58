using System.Text.Json.Nodes;

namespace Tandem.Web.OpenApi;

/// <summary>Addresses that belong to no single table.</summary>
internal static class SharedPaths
{
    public static void AddTo(JsonObject paths, bool administers)
    {
        paths["/api/tables"] = new JsonObject
        {
            ["get"] = Operation("listTables", "Every table with its fields and about how many records it has", SharedResponses.With(
                "200", SharedResponses.Json("The tables.", SharedSchemas.Object(["value"], ("value", SharedSchemas.Array(SharedSchemas.Ref("Table"))))))),
        };
        var changes = Operation("followChanges", "Changes of several tables as they happen", SharedResponses.With("200", SharedResponses.Events(), "404"));
        changes["parameters"] = new JsonArray(
            new JsonObject
            {
                ["name"] = "tables",
                ["in"] = "query",
                ["description"] = "Names of tables, separated by commas. Default: all.",
                ["schema"] = new JsonObject { ["type"] = "string" },
            },
            SharedParameters.Use("lastEventId")[0]!.DeepClone());
        paths["/api/changes"] = new JsonObject { ["get"] = changes };
        UnitPaths.AddTo(paths);
        if (administers)
        {
            AccountPaths.AddTo(paths);
        }
    }

    internal static JsonObject Operation(string id, string summary, JsonObject responses) =>
        new() { ["operationId"] = id, ["tags"] = new JsonArray(OpenApiEndpoint.SharedTag), ["summary"] = summary, ["responses"] = responses };
}
