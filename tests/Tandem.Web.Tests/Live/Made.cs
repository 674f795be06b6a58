using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Live;

namespace Tandem.Web.Tests.Live;

/// <summary>Made-up changes and watches.</summary>
internal static class Made
{
    public static readonly TableSchema Breads = new(
        "breads",
        [
            new Field("id", FieldType.Integer) { IsNullable = false },
            new Field("name", FieldType.Text),
            new Field("price", FieldType.Decimal) { Scale = 2 },
        ],
        ["id"]);

    public static Change Change(long key, ChangeKind kind, Patch? after = null) => new(
        new Cursor("1"), 1, DateTimeOffset.UnixEpoch, "Ana", null, "breads", new RecordKey(key), kind, Patch.Empty, after ?? Patch.Empty);

    public static Change Insert(long key, decimal price) => Change(key, ChangeKind.Insert, new Patch(
        [new("id", key), new("name", "Rye"), new("price", price)]));

    public static Watched Watch(bool whole, params long[] keys) => new(
        keys.Select(k => new RecordKey(k)).ToHashSet(), null, whole, Filter.All, new HashSet<string>());

    public static LiveConnection Connection(string id) => new(id, "Ana", () => { });

    public static FormattedChange Formatted(Change change, params (string Name, ShownField Field)[] fields) => new(
        change, Breads, fields.ToDictionary(f => f.Name, f => f.Field), new Dictionary<string, TableSchema>());

    public static ShownField Field(string text) => new("Price", text, text, null, null, null);
}
