using System.Globalization;
using Tandem.Records;
using Tandem.Relational.Journal;
using Tandem.Relational.Sql;
using Tandem.Tables;

namespace Tandem.PostgreSql;

/// <summary>
/// One statement per write: it locks the record, checks the guard, writes, journals and returns the stored record.
/// </summary>
/// <remarks>
/// The first part locks the row and reads its newest version (in READ COMMITTED a row lock waits for the writer before and
/// then sees what it wrote). The write joins that row and repeats nothing but the guard on the locked values, so the guard
/// and the write see the same row. The journal entry is a third part of the same statement. One row comes back: <c>new</c>,
/// the record as it is now with its journal entry, or <c>old</c>, the record as it is, when nothing was written.
/// </remarks>
internal static class PgWriteSql
{
    /// <summary>Columns behind the record's own: sequence, time, before, after, place.</summary>
    private const string NoEntry = "NULL::bigint, NULL::timestamptz, NULL::text, NULL::text";

    /// <summary>PostgreSQL functions take at most 100 arguments.</summary>
    private const int FieldsPerObject = 50;

    public static SqlText Update(PgTableMap table, Write.Update update)
    {
        var sql = new SqlText();
        var map = table.Map;
        List<string> conditions = [];
        foreach (var (field, basis) in update.Guard.Base)
        {
            var settled = update.Guard.AllowSettled && update.Set.TryGetValue(field, out var mine) ? " OR " + map[field].Holds(sql, "cur.", mine) : "";
            conditions.Add($"({map[field].Holds(sql, "cur.", basis)}{settled})");
        }

        conditions.Add("(" + string.Join(" OR ", update.Set.Select(s => $"NOT {map[s.Key].Holds(sql, "cur.", s.Value)}")) + ")");
        var assignments = string.Join(", ", update.Set.Select(s => $"{map[s.Key].Quoted} = {map[s.Key].Bind(sql, s.Value)}"));
        IReadOnlyList<Column> touched = table.ChangesItself ? map.Columns : [.. update.Set.Keys.Select(k => map[k])];
        Locked(sql, map, update.Key);
        sql.Append($", upd AS (UPDATE {map.QuotedName} t SET {assignments} FROM cur WHERE {SameKey(map)} AND {string.Join(" AND ", conditions)} RETURNING t.*)");
        Journal(sql, table, update.By, "update", KeyText(sql, map, update.Key), Differences(touched, "cur.", "upd."), Differences(touched, "upd.", "cur."), "cur, upd");
        sql.Append($" SELECT 'old', {map.SelectList("cur.", digest: true)}, {NoEntry} FROM cur WHERE NOT EXISTS (SELECT FROM upd)");
        sql.Append($" UNION ALL SELECT 'new', {map.SelectList("upd.", digest: true)}, jrn.seq, jrn.at, jrn.before::text, jrn.after::text FROM upd, jrn");
        return sql;
    }

    public static SqlText Delete(PgTableMap table, Write.Delete delete)
    {
        var sql = new SqlText();
        var map = table.Map;
        var conditions = string.Concat(delete.Guard.Base.Select(b => " AND " + map[b.Key].Holds(sql, "cur.", b.Value)));
        Locked(sql, map, delete.Key);
        sql.Append($", upd AS (DELETE FROM {map.QuotedName} t USING cur WHERE {SameKey(map)}{conditions} RETURNING t.*)");
        Journal(sql, table, delete.By, "delete", KeyText(sql, map, delete.Key), Objects(map.Columns, "upd."), "'{}'::jsonb", "upd");
        sql.Append($" SELECT 'old', {map.SelectList("cur.", digest: true)}, {NoEntry} FROM cur WHERE NOT EXISTS (SELECT FROM upd)");
        sql.Append($" UNION ALL SELECT 'new', {map.SelectList("upd.", digest: true)}, jrn.seq, jrn.at, jrn.before::text, jrn.after::text FROM upd, jrn");
        return sql;
    }

    public static SqlText Insert(PgTableMap table, Write.Insert insert)
    {
        var sql = new SqlText();
        var map = table.Map;
        var given = insert.Values.Where(v => !(v.Value is null && map[v.Key].Field is { IsIdentity: true, IsNullable: false })).ToList();
        var values = given.Count == 0
            ? "DEFAULT VALUES"
            : $"({string.Join(", ", given.Select(v => map[v.Key].Quoted))}) VALUES ({string.Join(", ", given.Select(v => map[v.Key].Bind(sql, v.Value)))})";
        sql.Append($"WITH upd AS (INSERT INTO {map.QuotedName} {values} RETURNING *)");
        var key = $"jsonb_build_array({string.Join(", ", map.KeyColumns.Cast<PgColumn>().Select(c => c.AsKeyJson("upd.")))})";
        Journal(sql, table, insert.By, "insert", key, "'{}'::jsonb", Objects(map.Columns, "upd."), "upd");
        sql.Append($" SELECT 'new', {map.SelectList("upd.", digest: true)}, jrn.seq, jrn.at, jrn.before::text, jrn.after::text FROM upd, jrn");
        return sql;
    }

    private static void Locked(SqlText sql, TableMap map, RecordKey key) =>
        sql.Append($"WITH cur AS MATERIALIZED (SELECT * FROM {map.QuotedName} WHERE {map.KeyIs(sql, "", key)} FOR UPDATE)");

    private static string SameKey(TableMap map) => string.Join(" AND ", map.KeyColumns.Select(c => $"t.{c.Quoted} = cur.{c.Quoted}"));

    private static string KeyText(SqlText sql, TableMap map, RecordKey key) =>
        Number(sql.Add(PgColumn.Text(JournalText.Key(map.Schema, key)))) + "::jsonb";

    private static void Journal(SqlText sql, PgTableMap table, WriteContext by, string kind, string key, string before, string after, string from)
    {
        var actor = Number(sql.Add(PgColumn.Text(by.Actor)));
        var operation = by.Operation is null ? "NULL" : Number(sql.Add(PgColumn.Text(by.Operation)));
        var name = Number(sql.Add(PgColumn.Text(table.Schema.Name)));
        sql.Append($", jrn AS (INSERT INTO tandem.journal (actor, operation, table_name, record_key, kind, before, after) SELECT {actor}, {operation}, {name}, {key}, '{kind}', {before}, {after} FROM {from} RETURNING seq, at, before, after)");
    }

    /// <summary>An object of the fields that differ, with the values of one side.</summary>
    private static string Differences(IReadOnlyList<Column> columns, string side, string other) => columns.Count == 1
        // The write only happens when its one field differs, so there is nothing to compare.
        ? Objects(columns, side)
        : $"(SELECT coalesce(jsonb_object_agg(a.key, a.value), '{{}}') FROM jsonb_each({Objects(columns, side)}) a JOIN jsonb_each({Objects(columns, other)}) b ON a.key = b.key WHERE a.value <> b.value)";

    /// <summary>An object of fields; secrets stay where they are, since the journal is for reading.</summary>
    private static string Objects(IReadOnlyList<Column> columns, string prefix) => string.Join(" || ", columns.Where(c => !c.Field.IsSecret).Chunk(FieldsPerObject).Select(chunk =>
        $"jsonb_build_object({string.Join(", ", chunk.Select(c => $"'{c.Field.Name.Replace("'", "''", StringComparison.Ordinal)}', {((PgColumn)c).AsJson(prefix)}"))})").DefaultIfEmpty("'{}'::jsonb"));

    private static string Number(int parameter) => "$" + parameter.ToString(CultureInfo.InvariantCulture);
}
