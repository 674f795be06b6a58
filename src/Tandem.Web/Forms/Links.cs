using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Web.Forms;

/// <summary>Addresses of pages, and the way back from them. Names and keys may hold any character, so nobody else builds or takes apart an address.</summary>
internal static class Links
{
    public const string New = "new";
    public const string Options = "options";

    public static string Table(string table) => "/t/" + Segment(table);

    public static string Create(string table) => Table(table) + "/" + New;

    public static string Record(TableSchema schema, RecordKey key) => Record(schema.Name, key.ToString());

    /// <param name="table">The table.</param>
    /// <param name="key">The key as <see cref="RecordKey.ToString"/> gives it.</param>
    // A key spelt like one of the table's own pages is taken literally by the mark that keys know.
    public static string Record(string table, string key) => Table(table) + "/" + (key is New or Options ? "~" + key : key);

    public static string Api(string table) => "/api/tables/" + Segment(table);

    public static string Api(string table, string key) => Api(table) + "/" + key;

    public static string Blob(string table, string key, string field) => Record(table, key) + "/blob/" + Segment(field);

    /// <summary>A part of the requested path as the client sent it, still percent-encoded.</summary>
    /// <param name="context">The request.</param>
    /// <param name="index">0 for the part after <c>/t/</c>, 1 for the next.</param>
    public static string RawPart(HttpContext context, int index)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var end = target.IndexOf('?', StringComparison.Ordinal);
        var path = end < 0 ? target : target[..end];
        var start = path.IndexOf("/t/", StringComparison.Ordinal);
        var parts = start < 0 ? [] : path[(start + 3)..].Split('/');
        return index < parts.Length ? parts[index] : "";
    }

    /// <summary>The table's name in the requested path.</summary>
    public static string TableOf(HttpContext context) => Name(RawPart(context, 0));

    /// <summary>A name from its segment.</summary>
    public static string Name(string segment) => Uri.UnescapeDataString(segment.StartsWith('~') ? segment[1..] : segment);

    // Browsers take "." and ".." for steps along the path, encoded or not.
    private static string Segment(string name) =>
        name is "." or ".." || name.StartsWith('~') ? "~" + Uri.EscapeDataString(name) : Uri.EscapeDataString(name);
}
