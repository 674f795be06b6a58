using System.Globalization;
using System.Text;

namespace Tandem.Web.Tests.Fuzzing;

/// <summary>
/// What somebody would send who means harm or knows no better. Injected SQL is written in small letters, so that an answer
/// that repeats it is told from one that shows SQL of ours.
/// </summary>
internal sealed class Arsenal(Random random)
{
    private static readonly string[] s_texts =
    [
        "", " ", "0", "1", "-1", "1.0", "1e400", "-0", "NaN", "Infinity", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "79228162514264337593543950336", "0x10", "1_000", "1,5",
        "true", "null", "undefined", "[]", "{}", "[object Object]", "2026-02-30", "0000-00-00", "9999-12-31T23:59:59.9999999Z", "-infinity", "25:61:61", "2026-01-01T00:00:00+99:99", "+292278994-08-17",
        "' or '1'='1", "'; drop table products; --", "1 or 1=1", "') or ('a'='a", "\" or \"\"=\"", "1; select pg_sleep(20)", "' union select null, null --", "$1", "@p0", ":id", "?", "%", "_", "\\", "a\\'b", "$$", "/*", "--", "{0}", "%s%n", "${7*7}", "{{7*7}}",
        "../../../etc/passwd", "..%2f..%2f", "..\\..\\", "/etc/passwd", "file:///etc/passwd", "C:\\", "con", ".", "..", "~", "~schema", "a/b", "a%2Fb", "%00", "\0", "a\0b", "%", "%zz", "%u0041", "+",
        "\r\nSet-Cookie: evil=1", "%0d%0aSet-Cookie:%20evil=1", "\n", "\t", "\u0085", "\u2028", "\ufeff", "\u200b", "\u202e\u0645", "\ud83d\ude00", "e\u0301", "\u00e9", "ẞ", "ﬁ", "İ", "ſ", "\ufffe", "\uffff", "\U0010ffff",
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "javascript:alert(1)", "&lt;", "]]>", "=cmd|' /C calc'!A0", "(((((((((((a+)+)+)+)+)+)+)+)+)+)+)$",
        "constructor", "__proto__", "toString", "$new", "$filter", "$type", "id", "products", "tandem_users", "sqlite_master", "pg_catalog.pg_class", "information_schema",
        "00000000-0000-0000-0000-000000000000", "{00000000-0000-0000-0000-000000000000}", "not-a-uuid", "W/\"1\"", "*", "\"", "\"\"", "\"a", "AAAA", "====", "\u00ff\u00fe",
    ];

    public T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    public bool Chance(double of) => random.NextDouble() < of;

    public int Upto(int most) => random.Next(most);

    public string Text() => random.Next(12) switch
    {
        0 => new string(Pick("a'\"(%\\ 0é😀"), random.Next(1, 5000)),
        1 => string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => Pick(s_texts))),
        2 => new string([.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => (char)random.Next(0x20, 0x2fff))]),
        3 => random.NextInt64(long.MinValue, long.MaxValue).ToString(CultureInfo.InvariantCulture),
        _ => Pick(s_texts),
    };

    private char Pick(string of) => of[random.Next(of.Length)];

    /// <summary>A text within an address: mostly encoded, now and then as it is or with bytes that are no text.</summary>
    public string Encoded(string text) => random.Next(20) switch
    {
        0 => "%ff%fe",
        1 => "%c0%af",
        2 => string.Concat(text.Where(c => c > ' ' && c < 0x7f && c != '#')),
        3 => Uri.EscapeDataString(Uri.EscapeDataString(text)),
        _ => Uri.EscapeDataString(text),
    };

    /// <summary>A value of JSON, written out; sometimes none that JSON knows.</summary>
    public string Json(int depth = 0) => random.Next(depth > 3 ? 8 : 14) switch
    {
        0 => "null",
        1 => Pick<string>(["true", "false"]),
        2 => Pick<string>(["0", "-0", "1", "-1", "1.5", "1e2", "1e400", "-1e-400", "123456789012345678901234567890.123", "9007199254740993", "0.1000000000000000055511151231257827"]),
        3 => Pick<string>(["\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"", "\"a\\u0000b\"", "\"\\u202e\"", "\"\\/\"", "\"\\ud83d\\ude00\""]),
        4 => random.Next(10) == 0 ? Pick<string>(["NaN", "Infinity", "undefined", "'a'", "01", "+1", ".5", "1.", "\"\\x41\"", "\"\t\"", "nul", "/**/1"]) : "\"A1\"",
        < 8 => Quote(Text()),
        8 => "[" + string.Join(',', Enumerable.Range(0, random.Next(5)).Select(_ => Json(depth + 1))) + "]",
        9 => string.Concat(Enumerable.Repeat("[", 200)) + string.Concat(Enumerable.Repeat("]", 200)),
        10 => $$"""{"$new":{{Quote(Text())}}}""",
        _ => "{" + string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => $"{Quote(Text())}:{Json(depth + 1)}")) + "}",
    };

    /// <summary>A JSON text, as it is or damaged.</summary>
    public byte[] Damage(string json)
    {
        var text = random.Next(24) switch
        {
            0 => json[..random.Next(json.Length + 1)],
            1 => json + json,
            2 => "\ufeff" + json,
            3 => json.Replace(",", ",,", StringComparison.Ordinal),
            4 => string.Concat(Enumerable.Repeat("{\"a\":", 20_000)) + "1" + new string('}', 20_000),
            5 => new string('[', random.Next(1, 100_000)),
            6 => json.Insert(random.Next(json.Length + 1), Pick(s_texts)),
            7 => "",
            8 => Json(),
            9 => json.Length > 2 && json[0] == '{' ? $"{{{json[1..^1]},{json[1..^1]}}}" : json,
            _ => json,
        };
        return random.Next(30) switch
        {
            0 => Encoding.Unicode.GetBytes(text),
            1 => [.. Encoding.UTF8.GetBytes(text), 0xff, 0xfe],
            2 => [0xc0, 0xaf, .. Encoding.UTF8.GetBytes(text)],
            _ => Encoding.UTF8.GetBytes(text),
        };
    }

    /// <summary>A text in quotes as JSON has it; lone halves of characters are written out.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c is < ' ' or '"' or '\\' || char.IsSurrogate(c) ? quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}") : quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }
}
