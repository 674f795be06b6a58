using Microsoft.AspNetCore.Http;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Web.Addresses;

/// <summary>Addresses of pages and of the API, and the way back from them. Names and keys may hold any character, so nobody else builds or takes apart an address.</summary>
internal static class Links
{
    public const string New = "new";
    public const string Options = "options";
    public const string Schema = "schema";
    public const string Changes = "changes";
    public const string History = "history";
    public const string Export = "export";
    public const string Import = "import";

    public static string Table(string table) => "/t/" + Segment(table);

    public static string Create(string table) => Table(table) + "/" + New;

    public static string Record(TableSchema schema, RecordKey key) => Record(schema.Name, key.ToString());

    /// <param name="table">The table.</param>
    /// <param name="key">The key as <see cref="RecordKey.ToString"/> gives it.</param>
    public static string Record(string table, string key) => Table(table) + "/" + Literal(key);

    public static string Api(string table) => "/api/tables/" + Segment(table);

    public static string Api(TableSchema schema, RecordKey key) => Api(schema.Name) + "/" + Literal(key.ToString());

    public static string ApiUser(string name) => "/api/users/" + Segment(name);

    public static string ApiGroup(string name) => "/api/groups/" + Segment(name);

    public static string Person(string name) => "/people/" + Segment(name);

    public static string Group(string name) => "/groups/" + Segment(name);

    /// <summary>Behind a record's address in the API: the content of a binary field.</summary>
    public static string ApiContent(string field) => field == History ? "~" + field : Segment(field);

    public static string Blob(string table, string key, string field) => Record(table, key) + "/blob/" + Segment(field);

    /// <summary>The table's name in the requested path of a page.</summary>
    public static string TableOf(HttpContext context) => Name(RawPath.Segment(context, 1));

    /// <summary>The key in the requested path of a page, still percent-encoded.</summary>
    public static string KeyOf(HttpContext context) => RawPath.Segment(context, 2);

    /// <summary>The field in the requested path of a page that gives a binary field's content.</summary>
    public static string FieldOf(HttpContext context) => Name(RawPath.Segment(context, 4));

    /// <summary>A name from its segment.</summary>
    public static string Name(string segment) => Uri.UnescapeDataString(segment.StartsWith('~') ? segment[1..] : segment);

    // A key spelt like a part of an address is taken literally by the mark that keys know; pages and the API spell it alike.
    private static string Literal(string key) => key is New or Options or Schema or Changes or Export or Import ? "~" + key : key;

    // Browsers take "." and ".." for steps along the path, encoded or not.
    private static string Segment(string name) =>
        name is "." or ".." || name.StartsWith('~') ? "~" + Uri.EscapeDataString(name) : Uri.EscapeDataString(name);
}
