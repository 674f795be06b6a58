using System.Text.Json;

namespace Tandem.Web.Tests.Fuzzing;

/// <summary>One way to ask, as the running server describes it.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">The address, with its parameters in braces.</param>
/// <param name="Query">Names of what may stand behind the question mark.</param>
/// <param name="Headers">Names of headers that mean something here.</param>
/// <param name="Bodies">Media types and the shape of what is sent.</param>
internal sealed record Asking(string Method, string Path, IReadOnlyList<string> Query, IReadOnlyList<string> Headers, IReadOnlyList<(string Type, JsonElement Shape)> Bodies);

/// <summary>The description the server gives of its own API.</summary>
internal sealed class Description
{
    private readonly JsonElement _root;

    public Description(JsonElement root)
    {
        _root = root;
        Askings =
        [
            .. root.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()
                .Where(m => m.Name is "get" or "post" or "put" or "patch" or "delete")
                .Select(m => Read(path.Name, m.Name, [.. Parameters(path.Value), .. Parameters(m.Value)], m.Value))),
        ];
        Tables = [.. root.GetProperty("paths").EnumerateObject().Select(p => p.Name.Split('/')).Where(p => p.Length == 4 && p[2] == "tables").Select(p => p[3]).Distinct()];
        Fields = [.. root.GetProperty("components").GetProperty("schemas").EnumerateObject()
            .Where(s => s.Value.TryGetProperty("title", out _) && s.Value.TryGetProperty("properties", out _))
            .SelectMany(s => s.Value.GetProperty("properties").EnumerateObject().Select(f => f.Name)).Distinct()];
    }

    public IReadOnlyList<Asking> Askings { get; }

    public IReadOnlyList<string> Tables { get; }

    public IReadOnlyList<string> Fields { get; }

    /// <summary>What a reference stands for.</summary>
    public JsonElement Resolve(JsonElement shape)
    {
        while (shape.ValueKind == JsonValueKind.Object && shape.TryGetProperty("$ref", out var reference))
        {
            shape = reference.GetString()!.Split('/').Skip(1).Aggregate(_root, (at, name) => at.GetProperty(Uri.UnescapeDataString(name).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)));
        }

        return shape;
    }

    private Asking Read(string path, string method, JsonElement[] parameters, JsonElement operation) => new(
        method.ToUpperInvariant(), path,
        [.. parameters.Where(p => p.GetProperty("in").GetString() == "query").Select(p => p.GetProperty("name").GetString()!)],
        [.. parameters.Where(p => p.GetProperty("in").GetString() == "header").Select(p => p.GetProperty("name").GetString()!)],
        operation.TryGetProperty("requestBody", out var body)
            ? [.. body.GetProperty("content").EnumerateObject().Select(c => (c.Name, c.Value.GetProperty("schema")))]
            : []);

    private IEnumerable<JsonElement> Parameters(JsonElement of) => of.TryGetProperty("parameters", out var all) ? all.EnumerateArray().Select(Resolve) : [];
}
