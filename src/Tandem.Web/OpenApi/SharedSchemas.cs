using System.Text.Json.Nodes;

namespace Tandem.Web.OpenApi;

/// <summary>Shapes that every table's answers share.</summary>
internal static class SharedSchemas
{
    public static readonly IReadOnlyList<string> Names = ["Problem", "UnitWrite", "UnitFindings", "UnitResults", "Change", "Blob", "Table", "User", "UserPatch", "Invited", "Token", "Group"];

    public static JsonObject All()
    {
        var all = Common();
        foreach (var (name, schema) in AccountPaths.Schemas())
        {
            all[name] = schema;
        }

        return all;
    }

    private static JsonObject Common() => new()
    {
        ["Problem"] = Object(
            ["title", "status", "detail"],
            ("title", Text("What kind of problem it is.")),
            ("status", new JsonObject { ["type"] = "integer" }),
            ("detail", Text("What happened and what to do about it.")),
            ("errors", Array(Object(["field", "message"], ("field", Text("The field.")), ("message", Text("What is wrong and the remedy."))))),
            ("conflicts", Array(Object(
                ["field", "base", "mine", "theirs"],
                ("field", Text("The field both sides changed.")),
                ("base", Any("The value this change started from.")),
                ("mine", Any("The value that was sent.")),
                ("theirs", Any("The value that is stored.")),
                ("by", Nullable("string", "Who stored theirs.")),
                ("at", Nullable("string", "When theirs was stored.")))))),
        ["UnitWrite"] = UnitPaths.Write(),
        ["UnitFindings"] = UnitPaths.Findings(),
        ["UnitResults"] = UnitPaths.Results(),
        ["Change"] = Object(
            ["table", "key", "kind", "by", "at", "sequence", "before", "after"],
            ("table", Text("The table's name.")),
            ("key", Nullable("string", "The record's key as addresses carry it; null for a reset.")),
            ("kind", new JsonObject { ["enum"] = new JsonArray("insert", "update", "delete", "reset") }),
            ("by", Text("Who wrote it.")),
            ("at", new JsonObject { ["type"] = "string", ["format"] = "date-time" }),
            ("sequence", new JsonObject { ["type"] = "integer", ["format"] = "int64" }),
            ("before", new JsonObject { ["type"] = "object", ["description"] = "Changed fields before." }),
            ("after", new JsonObject { ["type"] = "object", ["description"] = "Changed fields after." }),
            ("operation", Nullable("string", "The operation it was part of."))),
        ["Blob"] = Object(
            ["size", "type"],
            ("size", new JsonObject { ["type"] = "integer", ["format"] = "int64" }),
            ("type", Text("The media type its first bytes tell.")),
            ("digest", Text("Changes when the content does."))),
        ["Table"] = Object(
            ["name", "label", "isView", "isSystem", "readOnlyReason", "key", "fields", "references", "count"],
            ("name", Text("The name in addresses.")),
            ("label", Text("What people read.")),
            ("activation", new JsonObject { ["type"] = "object", ["description"] = "The fields that say whether records are active; only of tables where some do." }),
            ("isView", new JsonObject { ["type"] = "boolean" }),
            ("isSystem", new JsonObject { ["type"] = "boolean" }),
            ("readOnlyReason", Nullable("string", "Why nobody may write; null when it may be written.")),
            ("key", Array(Text("A field of the key."))),
            ("fields", Array(new JsonObject { ["type"] = "object" })),
            ("references", Array(new JsonObject { ["type"] = "object" })),
            ("count", Object(["value", "exact"], ("value", new JsonObject { ["type"] = "integer" }), ("exact", new JsonObject { ["type"] = "boolean" })))),
    };

    public static JsonObject Ref(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };

    public static JsonObject Object(string[] required, params (string Name, JsonNode Schema)[] properties)
    {
        JsonObject all = [];
        foreach (var (name, schema) in properties)
        {
            all[name] = schema;
        }

        return new JsonObject { ["type"] = "object", ["required"] = new JsonArray([.. required.Select(r => JsonValue.Create(r))]), ["properties"] = all };
    }

    public static JsonObject Array(JsonNode items) => new() { ["type"] = "array", ["items"] = items };

    public static JsonObject Nullable(string type, string description) => new() { ["type"] = new JsonArray(type, "null"), ["description"] = description };

    public static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };

    public static JsonObject Any(string description) => new() { ["description"] = description };
}
