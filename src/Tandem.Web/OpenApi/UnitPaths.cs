using System.Text.Json.Nodes;
using static Tandem.Web.OpenApi.SharedSchemas;

namespace Tandem.Web.OpenApi;

/// <summary>Units of writes, and taking changes back.</summary>
internal static class UnitPaths
{
    public static void AddTo(JsonObject paths)
    {
        var results = SharedResponses.Json("What was stored; with `try`, what would be, beside what stands in the way.", new JsonObject
        {
            ["allOf"] = new JsonArray(Ref("UnitResults"), Ref("UnitFindings")),
        });
        var save = Posting("saveUnit", "Write records of several tables, all or none; or only try to", Object(
            ["writes"],
            ("operation", Text("What the journal calls it; undoing goes by it. Default: `unit` and a UUID.")),
            ("try", new JsonObject { ["type"] = "boolean", ["description"] = "Check everything in a transaction that is taken back, and store nothing." }),
            ("writes", new JsonObject { ["type"] = "array", ["maxItems"] = Editing.UnitOfWork.Limit, ["items"] = Ref("UnitWrite") })), results);
        paths["/api/units"] = new JsonObject { ["post"] = save };
        paths["/api/units/undo"] = new JsonObject
        {
            ["post"] = Posting("undoOperation", "Take back what an operation of your own wrote; the undoing is the operation `undo` and its name", Object(
                ["operation"], ("operation", Text("The operation as the journal calls it."))), SharedResponses.Json("What was stored. Of an operation of more than 10,000 changes instead: how many records were `takenBack`, `of` how many, and in `left` the first of those that stay, each with the `reason`.", Ref("UnitResults"))),
        };
        var revert = Posting("revertChange", "Take back one change of a record, where it still holds what the change stored", Object(
            ["sequence"], ("sequence", new JsonObject { ["type"] = "integer", ["format"] = "int64", ["description"] = "The change, as the record's history gives it." })),
            SharedResponses.Json("What was stored.", Ref("UnitResults")));
        revert["parameters"] = new JsonArray(Path("table", "The table's name."), Path("key", "The record's key."));
        paths["/api/tables/{table}/{key}/revert"] = new JsonObject { ["post"] = revert };
    }

    public static JsonObject Write() => Object(
        ["table"],
        ("table", Text("The table's name.")),
        ("insert", Values("Values of a new record. In a referring field `{\"$new\": \"name\"}` stands for the new record of that name.")),
        ("as", Text("Names the new record within the unit.")),
        ("key", Text("The record's key as addresses carry it, for `set` and `delete`.")),
        ("set", Values("New values.")),
        ("delete", new JsonObject { ["const"] = true }),
        ("base", Values("The values that this write started from: at least one for each field of `set`.")));

    public static JsonObject Results() => Object(
        ["results"],
        ("operation", Text("What the journal calls it.")),
        ("results", Array(new JsonObject
        {
            ["description"] = "For each write the record as stored, or that it is deleted; null where it was not.",
            ["type"] = new JsonArray("object", "null"),
            ["properties"] = new JsonObject
            {
                ["table"] = Text("The table's name."),
                ["key"] = Text("The record's key."),
                ["record"] = Values("The record as stored."),
                ["deleted"] = new JsonObject { ["const"] = true },
            },
        })));

    public static JsonObject Findings() => Object(
        [],
        ("errors", Array(Of(("field", Text("The field; empty for the whole record.")), ("message", Text("What is wrong and the remedy."))))),
        ("conflicts", Array(Of(
            ("field", Text("The field both sides changed.")), ("base", Any("The value this write started from.")), ("mine", Any("The value that was sent.")),
            ("theirs", Any("The value that is stored.")), ("by", Nullable("string", "Who stored theirs.")), ("at", Nullable("string", "When."))))),
        ("gone", Array(Of(("by", Nullable("string", "Who deleted it.")), ("at", Nullable("string", "When."))))));

    private static JsonObject Of(params (string, JsonNode)[] properties) => Object(
        ["write", "table", "key"],
        [("write", new JsonObject { ["type"] = "integer", ["description"] = "The write's place among those sent." }), ("table", Text("The table's name.")), ("key", Nullable("string", "The record's key; null for a new one.")), .. properties]);

    private static JsonObject Posting(string id, string summary, JsonObject body, JsonObject answer)
    {
        var responses = SharedResponses.With("200", answer, "400", "404", "415");
        foreach (var (status, description) in new[] { ("409", "Others changed or deleted the same records; nothing was stored."), ("422", "Values were refused; nothing was stored.") })
        {
            responses[status] = new JsonObject
            {
                ["description"] = description,
                ["content"] = new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = Ref("UnitFindings") } },
            };
        }

        var operation = SharedPaths.Operation(id, summary, responses);
        operation["requestBody"] = new JsonObject
        {
            ["required"] = true,
            ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = body } },
        };
        return operation;
    }

    private static JsonObject Path(string name, string description) => new()
    {
        ["name"] = name,
        ["in"] = "path",
        ["required"] = true,
        ["description"] = description,
        ["schema"] = new JsonObject { ["type"] = "string" },
    };

    private static JsonObject Values(string description) => new() { ["type"] = "object", ["description"] = description };
}
