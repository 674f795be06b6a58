using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tandem.Web.Rest;

/// <summary>JSON Merge Patch (RFC 7396) inside one JSON value.</summary>
internal static class JsonMerge
{
    public static string Apply(string? target, JsonElement patch)
    {
        var merged = Merge(Parse(target), patch);
        return merged?.ToJsonString() ?? "null";
    }

    private static JsonNode? Merge(JsonNode? target, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
        {
            return JsonNode.Parse(patch.GetRawText());
        }

        var result = target as JsonObject ?? [];
        foreach (var property in patch.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Null)
            {
                result.Remove(property.Name);
                continue;
            }

            var current = result[property.Name];
            result.Remove(property.Name);
            result[property.Name] = Merge(current, property.Value);
        }

        return result;
    }

    private static JsonNode? Parse(string? text)
    {
        try
        {
            return text is null ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            // A JSON column may hold any text in some databases; a merge replaces what is not an object.
            return null;
        }
    }
}
