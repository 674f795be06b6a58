using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Tandem.Web.Tests.Access;

namespace Tandem.Web.Tests.Fuzzing;

/// <summary>Makes requests to pages: addresses from the routing table, names of fields and options from the pages' own forms and links.</summary>
internal sealed partial class PageRequestMaker(Random random, IReadOnlyList<WayIn> ways, IReadOnlyList<string> tables, string host, string token)
{
    private static readonly string[] s_keys = ["1", "2", "A1,1", "a", "~schema", "new", "999"];
    private readonly Arsenal _arsenal = new(random);
    private readonly HashSet<string> _names = ["id", "do", "v.name", "base"];
    private string _formToken = "";
    private string _cookie = "";

    /// <summary>Takes from a page what its forms and links name, and the token that forms carry.</summary>
    public void Learn(string page, string? cookie)
    {
        _names.UnionWith(Name().Matches(page).Select(m => WebUtility.HtmlDecode(m.Groups[1].Value)).Where(n => n.Length < 100).Take(200));
        if (FormToken().Match(page) is { Success: true } found && cookie is not null)
        {
            (_formToken, _cookie) = (WebUtility.HtmlDecode(found.Groups[1].Value), cookie);
        }
    }

    public FuzzRequest Next()
    {
        var way = _arsenal.Pick(ways);
        var head = new StringBuilder();
        head.Append(way.Method).Append(' ').Append(Path(way.Pattern)).Append(Query(way.Method)).Append(" HTTP/1.1\r\nHost: ").Append(host)
            .Append("\r\nConnection: close\r\nAuthorization: Bearer ").Append(token).Append("\r\nCookie: ").Append(_cookie).Append("\r\n");
        byte[] body = [];
        if (way.Method != "GET")
        {
            var isMultipart = _arsenal.Chance(0.4);
            body = isMultipart ? Parts() : Encoding.UTF8.GetBytes(string.Join('&', Fields().Select(f => $"{Uri.EscapeDataString(f.Name)}={_arsenal.Encoded(f.Value)}")));
            head.Append("Content-Type: ").Append(_arsenal.Chance(0.03) ? "text/plain" : isMultipart ? "multipart/form-data; boundary=----fuzz" : "application/x-www-form-urlencoded")
                .Append("\r\nContent-Length: ").Append(body.Length.ToString(CultureInfo.InvariantCulture)).Append("\r\n");
        }

        return new FuzzRequest(head.Append("\r\n").ToString(), body, true);
    }

    private string Path(string pattern) => Line(Parameter().Replace(pattern, p => _arsenal.Chance(0.15) ? _arsenal.Encoded(_arsenal.Text())
        : p.Groups[1].Value switch
        {
            "table" => _arsenal.Pick(tables),
            "field" => _arsenal.Pick<string>(["picture", "name"]),
            _ => _arsenal.Pick(s_keys),
        }));

    private string Query(string method) => method != "GET" || _arsenal.Chance(0.2) ? ""
        : "?" + string.Join('&', Enumerable.Range(0, _arsenal.Upto(5)).Select(_ => $"{Uri.EscapeDataString(Pick())}={Short(_arsenal.Encoded(Value()))}"));

    private IEnumerable<(string Name, string Value)> Fields() =>
        Enumerable.Range(0, _arsenal.Upto(12)).Select(_ => (Pick(), Value())).Prepend(("__RequestVerificationToken", _formToken));

    private byte[] Parts()
    {
        var parts = new StringBuilder();
        foreach (var (name, value) in Fields())
        {
            parts.Append("------fuzz\r\nContent-Disposition: form-data; name=\"").Append(Uri.EscapeDataString(name)).Append("\"\r\n\r\n").Append(value).Append("\r\n");
        }

        // A file whose name and content are as odd as the rest.
        parts.Append("------fuzz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"").Append(Uri.EscapeDataString(_arsenal.Text())).Append("\"\r\nContent-Type: text/csv\r\n\r\nname,price,id\r\n");
        for (var line = _arsenal.Upto(20); line > 0; line--)
        {
            parts.Append(_arsenal.Text()).Append(_arsenal.Pick<string>([",", ";", "\"", "\t"])).Append(_arsenal.Text()).Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(parts.Append("\r\n------fuzz--\r\n").ToString());
    }

    private string Pick() => _arsenal.Chance(0.05) ? _arsenal.Text() : _names.ElementAt(_arsenal.Upto(_names.Count));

    private string Value() => _arsenal.Chance(0.3) ? _arsenal.Pick<string>(["1", "name", "price", "1,2", "-id", "csv", "json", "xlsx", "start", "undo"]) : _arsenal.Text();

    private static string Short(string text) => text[..Math.Min(text.Length, 1200)].TrimEnd('%');

    private static string Line(string text) => string.Concat(text.Where(c => c is > ' ' and < (char)0x7f));

    [GeneratedRegex("""(?:name="|[?&](?:amp;)?)([^"=&?<>]+)(?:"|=)""", RegexOptions.CultureInvariant)]
    private static partial Regex Name();

    [GeneratedRegex("""name="__RequestVerificationToken"[^>]*value="([^"]+)""", RegexOptions.CultureInvariant)]
    private static partial Regex FormToken();

    [GeneratedRegex(@"\{\**([A-Za-z]+)[^}]*\}", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter();
}
