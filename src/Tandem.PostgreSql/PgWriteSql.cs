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
/// One statement per write: it locks the record, checks the guard, writes, journals and returns the stored record.
/// </summary>
/// <remarks>
/// The first part locks the row and reads its newest version (in READ COMMITTED a row lock waits for the writer before and
/// then sees what it wrote). The write joins that row and repeats nothing but the guard on the locked values, so the guard
/// and the write see the same row. The journal entry is a third part of the same statement. One row comes back: <c>new</c>,
/// the record as it is now with its journal entry, <c>old</c>, the record as it is, when nothing was written, or <c>fenced</c>.
/// </remarks>
internal static class PgWriteSql
{
    /// <summary>Columns behind the record's own: sequence, time, before, after.</summary>
    public const string NoEntry = "NULL::bigint, NULL::timestamptz, NULL::text, NULL::text";

    private const string IsLeased = "EXISTS (SELECT FROM lease)";

    /// <summary>PostgreSQL functions take at most 100 arguments.</summary>
    private const int FieldsPerObject = 50;

    public static SqlText Update(PgTableMap table, Write.Update update)
    {
        var sql = new SqlText();
        var map = table.Map;
        Begin(sql, map, update.Key, update);
        List<string> conditions = [SameKey(map)];
        foreach (var (field, basis) in update.Guard.Base)
        {
            var settled = update.Guard.AllowSettled && update.Set.TryGetValue(field, out var mine) ? " OR " + map[field].Holds(sql, "cur.", mine) : "";
            conditions.Add($"({map[field].Holds(sql, "cur.", basis)}{settled})");
        }

        conditions.Add("(" + string.Join(" OR ", update.Set.Select(s => $"NOT {map[s.Key].Holds(sql, "cur.", s.Value)}")) + ")");
        conditions.AddRange(VersionAndLease(sql, map, update.Guard, update.Fence));
        List<string> assignments = [.. update.Set.Select(s => $"{map[s.Key].Quoted} = {map[s.Key].Bind(sql, s.Value)}")];
        var counted = VersionRules.Counted(map.Schema);
        if (counted is not null)
        {
            assignments.Add(Raise(map[counted]));
        }

        sql.Append($", upd AS (UPDATE {map.QuotedName} t SET {string.Join(", ", assignments)} FROM cur WHERE {string.Join(" AND ", conditions)} RETURNING {All(map, "t.")})");
        var touched = Touched(table, [.. update.Set.Keys], counted);
        Journal(sql, table, update, "update", KeyText(sql, map, update.Key), Differences(touched, "cur.", "upd."), Differences(touched, "upd.", "cur."), "cur, upd");
        End(sql, map, update.Fence, hasOld: true);
        return sql;
    }

    public static SqlText Delete(PgTableMap table, Write.Delete delete)
    {
        var sql = new SqlText();
        var map = table.Map;
        Begin(sql, map, delete.Key, delete);
        string[] conditions = [SameKey(map), .. delete.Guard.Base.Select(b => map[b.Key].Holds(sql, "cur.", b.Value)), .. VersionAndLease(sql, map, delete.Guard, delete.Fence)];
        sql.Append($", upd AS (DELETE FROM {map.QuotedName} t USING cur WHERE {string.Join(" AND ", conditions)} RETURNING {All(map, "t.")})");
        Journal(sql, table, delete, "delete", KeyText(sql, map, delete.Key), Objects(map.Columns, "upd."), "'{}'::jsonb", "upd");
        End(sql, map, delete.Fence, hasOld: true);
        return sql;
    }

    /// <param name="table">The table.</param>
    /// <param name="insert">The record. Under a lease it must bring at least one value, since defaults alone cannot be inserted on a condition.</param>
    public static SqlText Insert(PgTableMap table, Write.Insert insert)
    {
        var sql = new SqlText();
        var map = table.Map;
        var given = Given(map, insert);
        sql.Append("WITH ");
        Lease(sql, insert.Fence);
        var values = given.Count == 0
            ? "DEFAULT VALUES"
            : $"({string.Join(", ", given.Select(v => map[v.Key].Quoted))}) SELECT {string.Join(", ", given.Select(v => map[v.Key].Bind(sql, v.Value)))}{(insert.Fence is null ? "" : " WHERE " + IsLeased)}";
        sql.Append($"upd AS (INSERT INTO {map.QuotedName} {values} RETURNING {All(map, "")})");
        Journal(sql, table, insert, "insert", KeyOf(map, "upd."), "'{}'::jsonb", Objects(map.Columns, "upd."), "upd");
        End(sql, map, insert.Fence, hasOld: false);
        return sql;
    }

    /// <summary>The values an insert names: those of fields that the source numbers are left to it.</summary>
    public static List<KeyValuePair<string, object?>> Given(TableMap map, Write.Insert insert) =>
        [.. VersionRules.First(map.Schema, insert.Values).Where(v => !(v.Value is null && map[v.Key].Field is { IsIdentity: true, IsNullable: false }))];

    /// <summary>The fields a write may have changed.</summary>
    public static IReadOnlyList<Column> Touched(PgTableMap table, IReadOnlyList<string> set, string? counted) =>
        table.ChangesItself ? table.Map.Columns : [.. set.Select(k => table.Map[k]), .. counted is null ? [] : new[] { table.Map[counted] }];

    public static string Raise(Column version) => $"{version.Quoted} = coalesce(cur.{version.Quoted}, 0) + 1";

    /// <summary>A row's columns, and its version where records carry that.</summary>
    public static string All(TableMap map, string prefix) => $"{prefix}*{(map.RowVersion is null ? "" : $", {prefix}{map.RowVersion}")}";

    public static string KeyOf(TableMap map, string prefix) => $"jsonb_build_array({string.Join(", ", map.KeyColumns.Cast<PgColumn>().Select(c => c.AsKeyJson(prefix)))})";

    private static string SameKey(TableMap map) => string.Join(" AND ", map.KeyColumns.Select(c => $"t.{c.Quoted} = cur.{c.Quoted}"));

    private static void Begin(SqlText sql, TableMap map, RecordKey key, Write write)
    {
        sql.Append("WITH ");
        Lease(sql, write.Fence);
        // A record that the writer may not write is not found, so that nothing tells it from one that is not there.
        var permitted = Permits.Before(write) is { } before ? $" AND {FilterCompiler.Compile(before, map, PgDialect.Instance, sql)}" : "";
        sql.Append($"cur AS MATERIALIZED (SELECT {All(map, "")} FROM {map.QuotedName} WHERE {map.KeyIs(sql, "", key)}{permitted} FOR UPDATE)");
    }

    /// <summary>The lease's row, locked so that a takeover waits until this write is committed; and where a takeover was first, this waits and then sees another token.</summary>
    private static void Lease(SqlText sql, Fence? fence)
    {
        if (fence is not null)
        {
            sql.Append($"lease AS MATERIALIZED (SELECT 1 FROM tandem.leases WHERE resource = {Number(sql.Add(PgColumn.Text(fence.Resource)))} AND token = {Number(sql.Add(new NpgsqlParameter<long> { TypedValue = fence.Token, NpgsqlDbType = NpgsqlDbType.Bigint }))} FOR SHARE), ");
        }
    }

    private static IEnumerable<string> VersionAndLease(SqlText sql, TableMap map, Guard guard, Fence? fence)
    {
        if (guard.Version is { } version)
        {
            yield return map.Schema.VersionField is { } field && map.Schema.Find(field) is { } described
                ? ValueText.TryParse(described, version, out var value, out _) && value is not null ? map[field].Holds(sql, "cur.", value) : "FALSE"
                : map.RowVersion is null ? "FALSE" : $"cur.{map.RowVersion}::text = {Number(sql.Add(PgColumn.Text(version)))}";
        }

        if (fence is not null)
        {
            yield return IsLeased;
        }
    }

    private static void End(SqlText sql, TableMap map, Fence? fence, bool hasOld)
    {
        sql.Append(hasOld ? $" SELECT 'old', {map.SelectList("cur.", digest: true)}, {NoEntry} FROM cur WHERE NOT EXISTS (SELECT FROM upd){(fence is null ? "" : " AND " + IsLeased)} UNION ALL" : "");
        sql.Append($" SELECT 'new', {map.SelectList("upd.", digest: true)}, jrn.seq, jrn.at, jrn.before::text, jrn.after::text FROM upd, jrn");
        sql.Append(fence is null ? "" : $" UNION ALL SELECT 'fenced', {string.Concat(Enumerable.Repeat("NULL, ", map.Width))}{NoEntry} WHERE NOT {IsLeased}");
    }

    private static string KeyText(SqlText sql, TableMap map, RecordKey key) =>
        Number(sql.Add(PgColumn.Text(JournalText.Key(map.Schema, key)))) + "::jsonb";

    private static void Journal(SqlText sql, PgTableMap table, Write write, string kind, string key, string before, string after, string from)
    {
        var actor = Number(sql.Add(PgColumn.Text(write.By.Actor)));
        var operation = write.By.Operation is null ? "NULL" : Number(sql.Add(PgColumn.Text(write.By.Operation)));
        var name = Number(sql.Add(PgColumn.Text(table.Schema.Name)));
        var (idColumn, id) = write.Id is { } given ? (", write_id", ", " + Number(sql.Add(new NpgsqlParameter<Guid> { TypedValue = given, NpgsqlDbType = NpgsqlDbType.Uuid }))) : ("", "");
        sql.Append($", jrn AS (INSERT INTO tandem.journal (actor, operation, table_name, record_key, kind, before, after{idColumn}) SELECT {actor}, {operation}, {name}, {key}, '{kind}', {before}, {after}{id} FROM {from} RETURNING seq, at, before, after)");
    }

    /// <summary>An object of the fields that differ, with the values of one side.</summary>
    public static string Differences(IReadOnlyList<Column> columns, string side, string other) => columns.Count == 1
        // The write only happens when its one field differs, so there is nothing to compare.
        ? Objects(columns, side)
        : $"(SELECT coalesce(jsonb_object_agg(a.key, a.value), '{{}}') FROM jsonb_each({Objects(columns, side)}) a JOIN jsonb_each({Objects(columns, other)}) b ON a.key = b.key WHERE a.value <> b.value)";

    /// <summary>An object of fields; secrets stay where they are, since the journal is for reading.</summary>
    public static string Objects(IReadOnlyList<Column> columns, string prefix) => string.Join(" || ", columns.Where(c => !c.Field.IsSecret).Chunk(FieldsPerObject).Select(chunk =>
        $"jsonb_build_object({string.Join(", ", chunk.Select(c => $"'{c.Field.Name.Replace("'", "''", StringComparison.Ordinal)}', {((PgColumn)c).AsJson(prefix)}"))})").DefaultIfEmpty("'{}'::jsonb"));

    private static string Number(int parameter) => "$" + parameter.ToString(CultureInfo.InvariantCulture);
}
