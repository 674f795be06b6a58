using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Tandem.Web.Tests.Fuzzing;

/// <summary>A request as bytes.</summary>
/// <param name="Head">Its lines, up to the empty one.</param>
/// <param name="Body">Its body.</param>
/// <param name="IsHttp">Whether the head is HTTP: if not, the web server itself may refuse it, before anything of ours runs.</param>
internal sealed record FuzzRequest(string Head, byte[] Body, bool IsHttp)
{
    public override string ToString() => $"{Head}{Encoding.Latin1.GetString(Body.AsSpan(0, Math.Min(Body.Length, 2000)))}";
}

/// <summary>Makes requests to what a server describes: mostly right in most parts and wrong in some, so that they get far.</summary>
internal sealed class RequestMaker(Random random, Description described, string host, IReadOnlyList<string> tokens)
{
    private static readonly string[] s_headers = ["If-Match", "If-None-Match", "Prefer", "Last-Event-ID", "Accept", "Accept-Encoding", "Range", "X-Tandem", "X-Tandem-User", "Origin", "Cookie", "X-Forwarded-For", "X-HTTP-Method-Override", "Content-Encoding", "Expect"];
    private static readonly string[] s_types = ["application/json", "application/merge-patch+json", "application/vnd.tandem.patch+json", "text/plain", "application/xml", "application/json; charset=utf-16", "application/json;;;", "*/*", "multipart/form-data; boundary=x", "application/octet-stream", ""];
    private static readonly string[] s_keys = ["1", "2", "3", "A1,1", "A1,2", "a", "~schema", "%25", "B%2F%2C%222,1", "1", "999"];
    private readonly Arsenal _arsenal = new(random);

    private Filters Filters => new(_arsenal);

    public FuzzRequest Next()
    {
        // Tandem's own tables are many, and most of what is asked of them is refused at the door.
        var asking = _arsenal.Pick(described.Askings);
        asking = asking.Path.Contains("tandem", StringComparison.Ordinal) ? _arsenal.Pick(described.Askings) : asking;
        var isHttp = true;
        var head = new StringBuilder();
        var method = _arsenal.Chance(0.03) ? _arsenal.Pick<string>(["HEAD", "OPTIONS", "PUT", "POST", "DELETE", "TRACE", "MERGE", "get"]) : asking.Method;
        head.Append(method).Append(' ').Append(Path(asking)).Append(Query(asking)).Append(" HTTP/1.1\r\nHost: ").Append(host).Append("\r\nConnection: close\r\n");
        if (!_arsenal.Chance(0.03))
        {
            head.Append("Authorization: ").Append(_arsenal.Chance(0.03) ? Line(_arsenal.Text()) : "Bearer " + _arsenal.Pick(tokens)).Append("\r\n");
        }

        foreach (var name in asking.Headers.Concat([_arsenal.Pick(s_headers)]))
        {
            if (_arsenal.Chance(0.3))
            {
                var value = name is "If-Match" or "If-None-Match" && _arsenal.Chance(0.5) ? "\"AAAA\"" : _arsenal.Text();
                // A line break within a header is another header, or none at all.
                isHttp &= !value.Any(c => c < ' ' || c > 0x7e) && name is not ("Content-Encoding" or "Expect");
                head.Append(name).Append(": ").Append(value).Append("\r\n");
            }
        }

        var body = asking.Bodies.Count == 0 && !_arsenal.Chance(0.05) ? [] : Body(asking);
        if (body.Length > 0 || method is "POST" or "PUT" or "PATCH")
        {
            var type = _arsenal.Chance(0.1) || asking.Bodies.Count == 0 ? _arsenal.Pick(s_types) : asking.Bodies[0].Type;
            head.Append("Content-Type: ").Append(type).Append("\r\nContent-Length: ").Append(body.Length.ToString(CultureInfo.InvariantCulture)).Append("\r\n");
        }

        return new FuzzRequest(head.Append("\r\n").ToString(), body, isHttp);
    }

    private string Path(Asking asking)
    {
        var path = asking.Path;
        while (path.IndexOf('{', StringComparison.Ordinal) is >= 0 and var from)
        {
            var to = path.IndexOf('}', from);
            var value = _arsenal.Chance(0.25) ? _arsenal.Encoded(_arsenal.Text()) : path[(from + 1)..to] == "table" ? _arsenal.Pick(described.Tables) : _arsenal.Pick(s_keys);
            path = string.Concat(path.AsSpan(0, from), Line(value).Replace("{", "%7B", StringComparison.Ordinal), path.AsSpan(to + 1));
        }

        return _arsenal.Chance(0.02) ? path + "/" + _arsenal.Encoded(_arsenal.Text()) : path;
    }

    private string Query(Asking asking)
    {
        List<string> parts = [];
        foreach (var name in asking.Query)
        {
            if (_arsenal.Chance(0.35))
            {
                // The web server takes a line of some kilobytes; longer ones are its own to refuse.
                var value = Uri.EscapeDataString(Whole(Filters.Option(name, described.Fields)));
                parts.Add($"{name}={value[..Math.Min(value.Length, _arsenal.Chance(0.03) ? 60_000 : 7000)].TrimEnd('%')}");
            }
        }

        if (_arsenal.Chance(0.05))
        {
            parts.Add($"{_arsenal.Encoded(_arsenal.Text())}={_arsenal.Encoded(_arsenal.Text())}");
        }

        return parts.Count == 0 ? "" : "?" + Line(string.Join('&', parts));
    }

    private byte[] Body(Asking asking)
    {
        if (_arsenal.Chance(0.01))
        {
            return _arsenal.Damage("{\"name\":\"" + new string('x', 2_000_000) + "\"}");
        }

        if (asking.Bodies.Count == 0)
        {
            return _arsenal.Damage(_arsenal.Json());
        }

        var right = Value(asking.Bodies[0].Shape, 0);
        return _arsenal.Chance(0.3) ? _arsenal.Damage(right) : Encoding.UTF8.GetBytes(right);
    }

    /// <summary>A value of a described shape, with wrong ones mixed in.</summary>
    private string Value(JsonElement shape, int depth)
    {
        shape = described.Resolve(shape);
        if (_arsenal.Chance(0.08) || depth > 8 || shape.ValueKind != JsonValueKind.Object)
        {
            return _arsenal.Json();
        }

        if (shape.TryGetProperty("enum", out var choices) && choices.GetArrayLength() > 0)
        {
            return choices[_arsenal.Upto(choices.GetArrayLength())].GetRawText();
        }

        var type = !shape.TryGetProperty("type", out var given) ? "" : given.ValueKind == JsonValueKind.Array ? given[0].GetString() : given.GetString();
        return type switch
        {
            "object" => Object(shape, depth),
            "array" => "[" + string.Join(',', Enumerable.Range(0, _arsenal.Chance(0.01) ? 3000 : _arsenal.Upto(4)).Select(_ => shape.TryGetProperty("items", out var items) ? Value(items, depth + 1) : _arsenal.Json())) + "]",
            "integer" => _arsenal.Pick<string>(["1", "2", "3", "0", "-1", "9223372036854775807", "9223372036854775808"]),
            "number" => _arsenal.Pick<string>(["1", "2.5", "4.80", "-1", "1e30", "0.001"]),
            "boolean" => _arsenal.Pick<string>(["true", "false"]),
            "string" => Arsenal.Quote(Text(shape)),
            _ => _arsenal.Json(),
        };
    }

    private string Text(JsonElement shape) => (shape.TryGetProperty("format", out var format) ? format.GetString() : "") switch
    {
        "date" => "2026-02-03",
        "time" => "07:08:09",
        "date-time" => "2026-02-03T07:08:09Z",
        "uuid" => "6e1f6a3c-6a52-4c8e-9a3a-0d5f4b6b7c8d",
        _ => _arsenal.Upto(4) switch { 0 => _arsenal.Pick(described.Tables), 1 => Uri.UnescapeDataString(_arsenal.Pick(s_keys)), _ => _arsenal.Text() },
    };

    private string Object(JsonElement shape, int depth)
    {
        if (!shape.TryGetProperty("properties", out var properties))
        {
            // Open ones are records of any table.
            return "{" + string.Join(',', Enumerable.Range(0, _arsenal.Upto(4)).Select(_ => $"{Arsenal.Quote(_arsenal.Pick(described.Fields))}:{_arsenal.Json(depth)}")) + "}";
        }

        List<string> members = [.. properties.EnumerateObject().Where(_ => _arsenal.Chance(0.7)).Select(p => $"{Arsenal.Quote(p.Name)}:{Value(p.Value, depth + 1)}")];
        if (_arsenal.Chance(0.05))
        {
            members.Add($"{Arsenal.Quote(_arsenal.Text())}:{_arsenal.Json()}");
        }

        return "{" + string.Join(',', members) + "}";
    }

    /// <summary>What fits on one line of a request.</summary>
    private static string Line(string text) => string.Concat(text.Where(c => c is > ' ' and < (char)0x7f));

    /// <summary>Addresses can carry no halves of characters.</summary>
    private static string Whole(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
