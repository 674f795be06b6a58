using System.Text.Json.Nodes;
using Tandem.Schema;

namespace Tandem.Web.OpenApi;

/// <summary>One table's shapes: the record, a new one, a patch of it, a page of them.</summary>
internal static class TableSchemas
{
    public static void AddTo(JsonObject schemas, TableSchema table, ComponentNames names)
    {
        var name = names.Of(table);
        schemas[name] = Shape(table, _ => true, f => FieldSchemas.Read(f), f => true);
        schemas[$"{name}.New"] = Shape(table, f => !f.IsReadOnly, f => FieldSchemas.Write(f), f => f.IsRequired);
        schemas[$"{name}.Patch"] = Shape(table, f => !f.IsReadOnly && !table.IsKeyField(f.Name), f => FieldSchemas.Write(f), _ => false);
        schemas[$"{name}.Page"] = SharedSchemas.Object(
            ["value", "next"],
            ("value", SharedSchemas.Array(SharedSchemas.Ref(name))),
            ("next", SharedSchemas.Nullable("string", "Send it as $after for the next page; null on the last.")),
            ("count", new JsonObject { ["type"] = "integer", ["description"] = "How many records the filter finds, when $count was true." }));
    }

    private static JsonObject Shape(TableSchema table, Func<Field, bool> has, Func<Field, JsonObject> describe, Func<Field, bool> requires)
    {
        Field[] fields = [.. table.Fields.Where(f => !f.IsSecret && has(f))];
        var shape = SharedSchemas.Object(
            [.. fields.Where(requires).Select(f => f.Name)],
            [.. fields.Select(f => (f.Name, (JsonNode)describe(f)))]);
        shape["title"] = table.Label;
        return shape;
    }
}
