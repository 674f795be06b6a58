using System.Text.Json.Nodes;

namespace Tandem.Web.OpenApi;

/// <summary>Parameters and answers that many addresses share.</summary>
internal static class SharedParameters
{
    public static JsonObject All() => new()
    {
        ["filter"] = Query("$filter", "string", "Which records: `price gt 3.50 and (contains(name,'rye') or status in ('new','baking'))`. Operators eq ne gt ge lt le in and or not; functions contains startswith endswith; texts in single quotes, odd field names in double quotes."),
        ["search"] = Query("$search", "string", "Records with this text in any text field, in either case."),
        ["active"] = Query("$active", "string", "Which records of a table whose records are active or inactive: `true` (the default), `false` or `all`. Where `$filter` names the field itself, that says which."),
        ["orderby"] = Query("$orderby", "string", "Fields to order by: `price desc, name`."),
        ["select"] = Query("$select", "string", "Fields to bring; the key always comes."),
        ["first"] = new JsonObject
        {
            ["name"] = "$first",
            ["in"] = "query",
            ["description"] = "How many at most.",
            ["schema"] = new JsonObject { ["type"] = "integer", ["minimum"] = 1, ["maximum"] = 1000, ["default"] = 50 },
        },
        ["after"] = Query("$after", "string", "The `next` of the page before."),
        ["count"] = Query("$count", "boolean", "Whether to count all records of the filter."),
        ["key"] = new JsonObject
        {
            ["name"] = "key",
            ["in"] = "path",
            ["required"] = true,
            ["description"] = "The key's value, percent-encoded; parts of a composite key joined by commas.",
            ["schema"] = new JsonObject { ["type"] = "string" },
        },
        ["ifMatch"] = Header("If-Match", "The ETag the change is based on; the change is refused with 412 when the record differs."),
        ["ifNoneMatch"] = Header("If-None-Match", "The ETag at hand; answered with 304 while it still holds."),
        ["lastEventId"] = Header("Last-Event-ID", "The id of the last event received; the stream goes on behind it."),
    };

    public static JsonArray Use(params string[] names) =>
        new([.. names.Select(n => new JsonObject { ["$ref"] = $"#/components/parameters/{n}" })]);

    private static JsonObject Query(string name, string type, string description) => new()
    {
        ["name"] = name,
        ["in"] = "query",
        ["description"] = description,
        ["schema"] = new JsonObject { ["type"] = type },
    };

    private static JsonObject Header(string name, string description) => new()
    {
        ["name"] = name,
        ["in"] = "header",
        ["description"] = description,
        ["schema"] = new JsonObject { ["type"] = "string" },
    };
}

/// <summary>Problems as answers.</summary>
internal static class SharedResponses
{
    private static readonly (string Status, string Name, string Description)[] s_problems =
    [
        ("400", "badRequest", "The request cannot be read."),
        ("401", "unknown", "Nobody is signed in."),
        ("403", "forbidden", "Not allowed; the detail says why."),
        ("404", "missing", "There is no such table or record."),
        ("409", "conflict", "Both sides changed the same fields; `conflicts` lists them."),
        ("412", "changed", "The record changed since its ETag was given."),
        ("415", "unsupported", "The body has another type."),
        ("422", "refused", "Values were refused; `errors` lists them."),
    ];

    public static JsonObject All()
    {
        JsonObject all = [];
        foreach (var (_, name, description) in s_problems)
        {
            all[name] = new JsonObject
            {
                ["description"] = description,
                ["content"] = new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = SharedSchemas.Ref("Problem") } },
            };
        }

        return all;
    }

    /// <summary>The good answer of an address with the problems it may end in; 401 and 403 are always among them.</summary>
    public static JsonObject With(string status, JsonObject answer, params string[] problems)
    {
        JsonObject responses = new() { [status] = answer };
        foreach (var (code, name, _) in s_problems.Where(p => p.Status is "401" or "403" || problems.Contains(p.Status)))
        {
            responses[code] = new JsonObject { ["$ref"] = $"#/components/responses/{name}" };
        }

        return responses;
    }

    public static JsonObject Json(string description, JsonNode schema, bool tagged = false)
    {
        JsonObject answer = new()
        {
            ["description"] = description,
            ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = schema } },
        };
        if (tagged)
        {
            answer["headers"] = new JsonObject { ["ETag"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } } };
        }

        return answer;
    }

    public static JsonObject Empty(string description) => new() { ["description"] = description };

    public static JsonObject Events() => new()
    {
        ["description"] = "One event `change` per change; its id is a cursor. An event `reset` says that changes may be missing: read again, then go on.",
        ["content"] = new JsonObject { ["text/event-stream"] = new JsonObject { ["schema"] = SharedSchemas.Ref("Change") } },
    };
}
