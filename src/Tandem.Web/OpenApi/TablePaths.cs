using System.Text.Json.Nodes;
using Tandem.Schema;
using Tandem.Web.Addresses;

namespace Tandem.Web.OpenApi;

/// <summary>The addresses of one table, as far as the reader may use them.</summary>
internal static class TablePaths
{
    public sealed record Rights(bool Add, bool Change, bool Delete);

    public static void AddTo(JsonObject paths, TableSchema table, ComponentNames names, Rights rights)
    {
        var root = Links.Api(table.Name);
        var name = names.Of(table);
        JsonObject Operation(string id, string summary, JsonArray parameters, JsonObject responses) => new()
        {
            ["operationId"] = $"{name}.{id}",
            ["tags"] = new JsonArray(table.Name),
            ["summary"] = summary,
            ["parameters"] = parameters,
            ["responses"] = responses,
        };

        JsonObject list = new()
        {
            ["get"] = Operation("list", $"Records of {table.Label}", SharedParameters.Use([.. table.Activation is null ? Array.Empty<string>() : ["active"], "filter", "search", "orderby", "select", "first", "after", "count"]), SharedResponses.With(
                "200", SharedResponses.Json("One page.", SharedSchemas.Ref($"{name}.Page")), "400", "422")),
        };
        if (rights.Add)
        {
            list["post"] = Operation("create", $"Add a record to {table.Label}", [], SharedResponses.With(
                "201", SharedResponses.Json("The record as it is stored; Location tells its address.", SharedSchemas.Ref(name), tagged: true), "400", "415", "422"));
            list["post"]!["requestBody"] = Body(("application/json", SharedSchemas.Ref($"{name}.New")));
        }

        paths[root] = list;
        paths[$"{root}/schema"] = new JsonObject
        {
            ["get"] = Operation("schema", $"What {table.Label} holds", [], SharedResponses.With("200", SharedResponses.Json("The table.", SharedSchemas.Ref("Table")))),
        };
        paths[$"{root}/changes"] = new JsonObject
        {
            ["get"] = Operation("follow", $"Changes of {table.Label} as they happen", SharedParameters.Use("lastEventId"), SharedResponses.With("200", SharedResponses.Events())),
        };
        if (!table.IsKeyless)
        {
            AddRecord(paths, table, name, rights, root, Operation);
        }
    }

    private static void AddRecord(
        JsonObject paths, TableSchema table, string name, Rights rights, string root, Func<string, string, JsonArray, JsonObject, JsonObject> operation)
    {
        JsonObject one = new()
        {
            ["get"] = operation("get", "One record", SharedParameters.Use("key", "ifNoneMatch"), SharedResponses.With(
                "200", SharedResponses.Json("The record.", SharedSchemas.Ref(name), tagged: true), "404")),
        };
        if (rights.Change)
        {
            one["patch"] = operation("change", "Change fields of a record", SharedParameters.Use("key", "ifMatch"), SharedResponses.With(
                "200", SharedResponses.Json("The record as it is stored.", SharedSchemas.Ref(name), tagged: true), "400", "404", "409", "412", "415", "422"));
            one["patch"]!["requestBody"] = Body(
                ("application/merge-patch+json", SharedSchemas.Ref($"{name}.Patch")),
                ("application/vnd.tandem.patch+json", SharedSchemas.Object(
                    ["set", "base"], ("set", SharedSchemas.Ref($"{name}.Patch")), ("base", new JsonObject { ["type"] = "object", ["description"] = "The values the change started from." }))));
        }

        if (rights.Delete)
        {
            one["delete"] = operation("delete", "Delete a record", SharedParameters.Use("key", "ifMatch"), SharedResponses.With(
                "204", SharedResponses.Empty("Deleted."), "404", "412", "422"));
        }

        paths[$"{root}/{{key}}"] = one;
        paths[$"{root}/{{key}}/history"] = new JsonObject
        {
            ["get"] = operation("history", "What happened to a record, newest first", SharedParameters.Use("key", "first"), SharedResponses.With(
                "200", SharedResponses.Json("Its changes.", SharedSchemas.Object(["value"], ("value", SharedSchemas.Array(SharedSchemas.Ref("Change"))))))),
        };
        foreach (var field in table.Fields.Where(f => f.Type == FieldType.Bytes && !f.IsSecret))
        {
            paths[$"{root}/{{key}}/{Links.ApiContent(field.Name)}"] = Content(field, rights, operation);
        }
    }

    private static JsonObject Content(Field field, Rights rights, Func<string, string, JsonArray, JsonObject, JsonObject> operation)
    {
        static JsonObject Binary() => new() { ["*/*"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string", ["format"] = "binary" } } };
        JsonObject content = new()
        {
            ["get"] = operation($"download.{Uri.EscapeDataString(field.Name)}", $"The content of {field.Label}", SharedParameters.Use("key"), SharedResponses.With(
                "200", new JsonObject { ["description"] = "The content.", ["content"] = Binary() }, "404")),
        };
        if (rights.Change && !field.IsReadOnly)
        {
            content["put"] = operation($"upload.{Uri.EscapeDataString(field.Name)}", $"Replace the content of {field.Label}", SharedParameters.Use("key", "ifMatch"), SharedResponses.With(
                "204", SharedResponses.Empty("Replaced."), "404", "412", "422"));
            content["put"]!["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Binary() };
        }

        return content;
    }

    private static JsonObject Body(params (string Type, JsonNode Schema)[] types)
    {
        JsonObject content = [];
        foreach (var (type, schema) in types)
        {
            content[type] = new JsonObject { ["schema"] = schema };
        }

        return new JsonObject { ["required"] = true, ["content"] = content };
    }
}
