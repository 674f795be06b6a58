using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Tandem.Records;
using Tandem.Relational.Journal;
using Tandem.Relational.Sql;
using Tandem.Relational.Tables;
using Tandem.Tables;

namespace Tandem.PostgreSql;

/// <summary>
/// One statement for many writes of the same shape: the same table and kind, the same fields set and guarded.
/// </summary>
/// <remarks>
/// It is <see cref="PgWriteSql"/>'s statement over rows <c>v</c> that come as one array of texts per field, numbered in their
/// order. The answer has one row per write, numbered alike, so that results find their writes. Records are locked in the
/// order of the rows, which the caller sorts by key, so that batches that meet wait for each other and do not lock each
/// other out. Records inserted are journalled and numbered in the order they came back in, which is the order they went in.
/// </remarks>
internal static class PgBatchSql
{
    public static SqlText Update(PgTableMap table, IReadOnlyList<Write.Update> writes)
    {
        var sql = new SqlText();
        var (map, first) = (table.Map, writes[0]);
        var rows = new Rows(sql);
        List<string> conditions = [];
        Dictionary<string, string> set = new(StringComparer.Ordinal);
        Keys(rows, map, [.. writes.Select(w => w.Key)]);
        foreach (var field in first.Set.Keys)
        {
            set[field] = rows.Add(writes.Select(w => Column(map, field).TextOf(w.Set[field])));
        }

        foreach (var field in first.Guard.Base.Keys)
        {
            var basis = Column(map, field).HoldsBasis("cur.", rows.Add(writes.Select(w => Column(map, field).BasisOf(w.Guard.Base[field]))));
            conditions.Add(first.Guard.AllowSettled && set.TryGetValue(field, out var mine) ? $"({basis} OR {Column(map, field).HoldsText("cur.", mine)})" : basis);
        }

        conditions.Add("(" + string.Join(" OR ", set.Select(s => $"NOT {Column(map, s.Key).HoldsText("cur.", s.Value)}")) + ")");
        conditions.AddRange(Version(rows, map, [.. writes.Select(w => w.Guard)]));
        List<string> assignments = [.. set.Select(s => $"{map[s.Key].Quoted} = {Column(map, s.Key).Cast(s.Value)}")];
        var counted = VersionRules.Counted(map.Schema);
        if (counted is not null)
        {
            assignments.Add(PgWriteSql.Raise(map[counted]));
        }

        var touched = PgWriteSql.Touched(table, [.. first.Set.Keys], counted);
        var (entry, v) = (Entry(rows, writes), rows.ToString());
        sql.Append($"WITH {v}, {Locked(map)}, upd AS (UPDATE {map.QuotedName} t SET {string.Join(", ", assignments)} FROM cur JOIN v ON v.ord = cur.tandem_ord");
        sql.Append($" WHERE {SameKey(map)} AND {string.Join(" AND ", conditions)} RETURNING v.ord AS tandem_ord, {PgWriteSql.All(map, "t.")})");
        Journal(sql, table, entry, "update", "v.kj::jsonb", PgWriteSql.Differences(touched, "cur.", "upd."), PgWriteSql.Differences(touched, "upd.", "cur."),
            "cur JOIN upd ON upd.tandem_ord = cur.tandem_ord JOIN v ON v.ord = cur.tandem_ord");
        End(sql, map);
        return sql;
    }

    public static SqlText Delete(PgTableMap table, IReadOnlyList<Write.Delete> writes)
    {
        var sql = new SqlText();
        var map = table.Map;
        var rows = new Rows(sql);
        Keys(rows, map, [.. writes.Select(w => w.Key)]);
        List<string> conditions = [SameKey(map)];
        foreach (var field in writes[0].Guard.Base.Keys)
        {
            conditions.Add(Column(map, field).HoldsBasis("cur.", rows.Add(writes.Select(w => Column(map, field).BasisOf(w.Guard.Base[field])))));
        }

        conditions.AddRange(Version(rows, map, [.. writes.Select(w => w.Guard)]));
        var (entry, v) = (Entry(rows, writes), rows.ToString());
        sql.Append($"WITH {v}, {Locked(map)}, upd AS (DELETE FROM {map.QuotedName} t USING cur JOIN v ON v.ord = cur.tandem_ord");
        sql.Append($" WHERE {string.Join(" AND ", conditions)} RETURNING v.ord AS tandem_ord, {PgWriteSql.All(map, "t.")})");
        Journal(sql, table, entry, "delete", "v.kj::jsonb", PgWriteSql.Objects(map.Columns, "upd."), "'{}'::jsonb", "upd JOIN v ON v.ord = upd.tandem_ord");
        End(sql, map);
        return sql;
    }

    public static SqlText Insert(PgTableMap table, IReadOnlyList<Write.Insert> writes)
    {
        var sql = new SqlText();
        var map = table.Map;
        var rows = new Rows(sql);
        var given = writes.Select(w => new Patch(PgWriteSql.Given(map, w))).ToList();
        List<string> fields = [.. given[0].Keys];
        List<string> values = [.. fields.Select(f => Column(map, f).Cast(rows.Add(given.Select(g => Column(map, f).TextOf(g[f])))))];
        var (entry, v) = (Entry(rows, writes), rows.ToString());
        sql.Append($"WITH {v}, ins AS (INSERT INTO {map.QuotedName} ({string.Join(", ", fields.Select(f => map[f].Quoted))}) SELECT {string.Join(", ", values)} FROM v ORDER BY v.ord RETURNING {PgWriteSql.All(map, "")})");
        sql.Append($", upd AS MATERIALIZED (SELECT row_number() OVER () AS tandem_ord, ins.* FROM ins)");
        Journal(sql, table, entry, "insert", PgWriteSql.KeyOf(map, "upd."), "'{}'::jsonb", PgWriteSql.Objects(map.Columns, "upd."), "upd JOIN v ON v.ord = upd.tandem_ord");
        sql.Append($" SELECT 'new', upd.tandem_ord, {map.SelectList("upd.", digest: true)}, {NewEntry} FROM upd JOIN jrn ON jrn.record_key = {PgWriteSql.KeyOf(map, "upd.")}");
        return sql;
    }

    /// <summary>Locks records in the order of their keys, before statements of several shapes each lock some of them.</summary>
    public static SqlText Lock(TableMap map, IReadOnlyList<RecordKey> keys)
    {
        var sql = new SqlText();
        var rows = new Rows(sql);
        Keys(rows, map, keys);
        return sql.Append($"WITH {rows} SELECT 1 FROM v JOIN {map.QuotedName} t ON {OfKey(map)} ORDER BY v.ord FOR UPDATE OF t");
    }

    private const string NewEntry = "jrn.seq, jrn.at, jrn.before::text, jrn.after::text";

    private static PgColumn Column(TableMap map, string field) => (PgColumn)map[field];

    private static void Keys(Rows rows, TableMap map, IReadOnlyList<RecordKey> keys)
    {
        rows.Add("kj", keys.Select(k => JournalText.Key(map.Schema, k)));
        for (var i = 0; i < map.KeyColumns.Count; i++)
        {
            rows.Add("k" + i.ToString(CultureInfo.InvariantCulture), keys.Select(k => ((PgColumn)map.KeyColumns[i]).TextOf(k.Values[i])));
        }
    }

    private static string OfKey(TableMap map) =>
        string.Join(" AND ", map.KeyColumns.Select((c, i) => $"{c.Comparable("t.")} = {((PgColumn)c).CastComparable("v.k" + i.ToString(CultureInfo.InvariantCulture))}"));

    private static string SameKey(TableMap map) => string.Join(" AND ", map.KeyColumns.Select(c => $"t.{c.Quoted} = cur.{c.Quoted}"));

    private static string Locked(TableMap map) =>
        $"cur AS MATERIALIZED (SELECT v.ord AS tandem_ord, {PgWriteSql.All(map, "t.")} FROM v JOIN {map.QuotedName} t ON {OfKey(map)} ORDER BY v.ord FOR UPDATE OF t)";

    private static IEnumerable<string> Version(Rows rows, TableMap map, IReadOnlyList<Guard> guards)
    {
        if (guards[0].Version is null)
        {
            return [];
        }

        if (map.Schema.VersionField is { } field && map.Schema.Find(field) is { } described)
        {
            // A token that is no value of the field is nobody's version; null never holds.
            var tokens = rows.Add(guards.Select(g => ValueText.TryParse(described, g.Version!, out var value, out _) ? Column(map, field).TextOf(value) : null));
            return [$"({tokens} IS NOT NULL AND {Column(map, field).HoldsText("cur.", tokens)})"];
        }

        return [map.RowVersion is null ? "FALSE" : $"cur.{map.RowVersion}::text = {rows.Add(guards.Select(g => g.Version))}"];
    }

    private static (string Actor, string Operation, string Id) Entry(Rows rows, IReadOnlyList<Write> writes) =>
        (rows.Add(writes.Select(w => w.By.Actor)), rows.Add(writes.Select(w => w.By.Operation)), rows.Add(writes.Select(w => w.Id?.ToString())) + "::uuid");

    private static void Journal(SqlText sql, PgTableMap table, (string Actor, string Operation, string Id) entry, string kind, string key, string before, string after, string from)
    {
        var name = "$" + sql.Add(PgColumn.Text(table.Schema.Name)).ToString(CultureInfo.InvariantCulture);
        sql.Append($", jrn AS (INSERT INTO tandem.journal (actor, operation, table_name, record_key, kind, before, after, write_id) SELECT {entry.Actor}, {entry.Operation}, {name}, {key}, '{kind}', {before}, {after}, {entry.Id} FROM {from} ORDER BY v.ord RETURNING seq, at, record_key, before, after)");
    }

    private static void End(SqlText sql, TableMap map)
    {
        sql.Append($" SELECT 'old', cur.tandem_ord, {map.SelectList("cur.", digest: true)}, {PgWriteSql.NoEntry} FROM cur WHERE NOT EXISTS (SELECT FROM upd WHERE upd.tandem_ord = cur.tandem_ord)");
        sql.Append($" UNION ALL SELECT 'new', upd.tandem_ord, {map.SelectList("upd.", digest: true)}, {NewEntry} FROM upd JOIN v ON v.ord = upd.tandem_ord JOIN jrn ON jrn.record_key = v.kj::jsonb");
    }

    /// <summary>The rows <c>v</c>: one array parameter per column.</summary>
    private sealed class Rows(SqlText sql)
    {
        private readonly List<(string Name, int Parameter)> _columns = [];

        /// <summary>Adds a column.</summary>
        /// <returns>How to name it.</returns>
        public string Add(IEnumerable<string?> values) => Add("c" + _columns.Count.ToString(CultureInfo.InvariantCulture), values);

        public string Add(string name, IEnumerable<string?> values)
        {
            _columns.Add((name, sql.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. values], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text })));
            return "v." + name;
        }

        public override string ToString() =>
            $"v AS MATERIALIZED (SELECT * FROM unnest({string.Join(", ", _columns.Select(c => "$" + c.Parameter.ToString(CultureInfo.InvariantCulture)))}) WITH ORDINALITY AS v({string.Concat(_columns.Select(c => c.Name + ", "))}ord))";
    }
}
