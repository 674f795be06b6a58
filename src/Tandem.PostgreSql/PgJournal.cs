using System.Data.Common;
using System.Text.RegularExpressions;
using Npgsql;
using NpgsqlTypes;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Relational.Journal;
using Tandem.Relational.Sql;
using Tandem.Schema;

namespace Tandem.PostgreSql;

/// <summary>
/// The journal of a PostgreSQL database, read by snapshots.
/// </summary>
/// <remarks>
/// Sequence numbers are given before commit, so a reader that remembers the highest number it saw would miss a slower
/// transaction with a lower one. Here every entry carries its transaction's id, and a reader remembers the snapshot it read
/// with (<c>pg_current_snapshot()</c>: lowest running transaction, next transaction, those running between). What it asks
/// for next are the entries visible now that were not visible in that snapshot: each committed entry exactly once, however
/// long its transaction took, and no waiting for long transactions of others. Within a batch the order is by sequence, which for one
/// record is the order of commits, since the record's row lock is held while its entry gets its number.
/// A cursor is the text of a snapshot; one inside a batch also names the batch's own snapshot and the last sequence read:
/// <c>from|to|sequence</c>.
/// </remarks>
internal sealed partial class PgJournal(PgDatabase database)
{
    private const string Columns = "j.seq, j.at, j.actor, j.operation, j.table_name, j.record_key::text, j.kind, j.before::text, j.after::text, j.write_id";

    /// <summary>Everything committed since a snapshot, and the snapshot that has seen it.</summary>
    /// <returns>Also whether entries were removed that the snapshot had not seen.</returns>
    public async Task<(Cursor Now, List<Change> Changes, bool IsGap)> TailAsync(Cursor since, CancellationToken cancellationToken)
    {
        var connection = await database.Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        return await TailAsync(connection, since, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same on a connection whose transaction holds the snapshot to read with.</summary>
    public async Task<(Cursor Now, List<Change> Changes, bool IsGap)> TailAsync(NpgsqlConnection connection, Cursor since, CancellationToken cancellationToken)
    {
        var sql = new SqlText();
        var from = Snapshot(sql, since.Value);
        sql.Append($"SELECT t.now::text, {MissedBy(from)}, {Columns} FROM (SELECT pg_current_snapshot() AS now, {Trimmed} AS trimmed) t LEFT JOIN tandem.journal j ON j.xid >= pg_snapshot_xmin({from}) AND NOT pg_visible_in_snapshot(j.xid, {from}) ORDER BY j.seq");
        var rows = await PgDatabase.ReadAsync(
            connection,
            sql,
            r => (Now: r.GetString(0), IsGap: r.GetBoolean(1), Change: r.IsDBNull(2) ? null : Read(r, 2)),
            cancellationToken).ConfigureAwait(false);
        var now = new Cursor(rows[0].Now);
        return (now, Number(rows.Select(r => r.Change).OfType<Change>().ToList(), since.Value, now), rows[0].IsGap);
    }

    public async Task<Cursor> NowAsync(CancellationToken cancellationToken) =>
        new((await database.ReadAsync(new SqlText().Append("SELECT pg_current_snapshot()::text"), r => r.GetString(0), cancellationToken).ConfigureAwait(false))[0]);

    /// <summary>Changes after a cursor that another snapshot has seen, oldest first.</summary>
    public async Task<IReadOnlyList<Change>> RangeAsync(Cursor after, Cursor upTo, int limit, CancellationToken cancellationToken)
    {
        if (!IsCursor(after))
        {
            throw new CursorExpiredException("This is not a cursor of this feed. Read again and follow from there.");
        }

        if (after.Value.Split('|') is not [var from, var to, var sequence])
        {
            return Number(await BetweenAsync(after.Value, upTo.Value, 0, limit, cancellationToken).ConfigureAwait(false), after.Value, upTo, limit);
        }

        // First the rest of the batch the cursor stands in, then what came after that batch.
        var rest = Number(await BetweenAsync(from, to, long.Parse(sequence, System.Globalization.CultureInfo.InvariantCulture), limit, cancellationToken).ConfigureAwait(false), from, new Cursor(to), limit);
        return rest.Count > 0
            ? rest
            : Number(await BetweenAsync(to, upTo.Value, 0, limit, cancellationToken).ConfigureAwait(false), to, upTo, limit);
    }

    public async Task<List<Change>> NewestAsync(string? table, RecordKey? key, int limit, CancellationToken cancellationToken)
    {
        var sql = new SqlText();
        List<string> conditions = [];
        if (table is not null)
        {
            conditions.Add($"j.table_name = ${sql.Add(PgColumn.Text(table))}");
        }

        if (key is not null && table is not null && database.SchemaOf(table) is { } schema)
        {
            conditions.Add($"j.record_key = ${sql.Add(PgColumn.Text(JournalText.Key(schema, key)))}::jsonb");
        }

        sql.Append($"SELECT {Columns} FROM tandem.journal j{(conditions.Count > 0 ? " WHERE " + string.Join(" AND ", conditions) : "")} ORDER BY j.seq DESC LIMIT {limit}");
        return await database.ReadAsync(sql, r => Read(r, 0), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The changes of an operation, newest first.</summary>
    public async Task<List<Change>> OfOperationAsync(string operation, int limit, CancellationToken cancellationToken)
    {
        var sql = new SqlText();
        sql.Append($"SELECT {Columns} FROM tandem.journal j WHERE j.operation = ${sql.Add(PgColumn.Text(operation))} ORDER BY j.seq DESC LIMIT {limit}");
        return await database.ReadAsync(sql, r => Read(r, 0), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The changes that writes of some ids made.</summary>
    public async Task<List<Change>> OfWritesAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var sql = new SqlText();
        sql.Append($"SELECT {Columns} FROM tandem.journal j WHERE j.write_id = ANY (${sql.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. ids] })})");
        return await database.ReadAsync(sql, r => Read(r, 0), cancellationToken).ConfigureAwait(false);
    }

    public static bool IsCursor(Cursor cursor) => cursor.Value is not null && CursorForm().IsMatch(cursor.Value);

    /// <summary>The next transaction id of a cursor's latest snapshot: how far it reaches.</summary>
    public static ulong ReachOf(Cursor cursor) =>
        ulong.Parse(cursor.Value.Split('|') is [_, var to, _] ? to.Split(':')[1] : cursor.Value.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture);

    private async Task<List<Change>> BetweenAsync(string from, string to, long after, int limit, CancellationToken cancellationToken)
    {
        var sql = new SqlText();
        var (low, high) = (Snapshot(sql, from), Snapshot(sql, to));
        sql.Append($"SELECT {MissedBy(low)}, {Columns} FROM (SELECT {Trimmed} AS trimmed) t LEFT JOIN tandem.journal j ON j.xid >= pg_snapshot_xmin({low}) AND NOT pg_visible_in_snapshot(j.xid, {low}) AND pg_visible_in_snapshot(j.xid, {high}) AND j.seq > {after} ORDER BY j.seq LIMIT {limit}");
        var rows = await database.ReadAsync(sql, r => (IsGap: r.GetBoolean(0), Change: r.IsDBNull(1) ? null : Read(r, 1)), cancellationToken).ConfigureAwait(false);
        return rows is [{ IsGap: true }, ..]
            ? throw new CursorExpiredException("The journal no longer keeps what came after this cursor. Read again and follow from there.")
            : [.. rows.Select(r => r.Change).OfType<Change>()];
    }

    /// <summary>Gives each change its cursor: inside the batch, or the batch's end for the last of all.</summary>
    private static List<Change> Number(List<Change> changes, string from, Cursor end, int limit = int.MaxValue)
    {
        for (var i = 0; i < changes.Count; i++)
        {
            var isLast = i == changes.Count - 1 && changes.Count < limit;
            changes[i] = changes[i] with { Cursor = isLast ? end : new Cursor($"{BatchStart(from)}|{end.Value}|{changes[i].Sequence}") };
        }

        return changes;
    }

    private static string BatchStart(string cursor) => cursor.Split('|')[0];

    private static string Snapshot(SqlText sql, string snapshot) =>
        $"${sql.Add(new NpgsqlParameter<string> { TypedValue = snapshot, NpgsqlDbType = NpgsqlDbType.Text })}::pg_snapshot";

    private Change Read(DbDataReader reader, int from)
    {
        var table = reader.GetString(from + 4);
        TableSchema? schema = database.SchemaOf(table);
        return new Change(
            default,
            reader.GetInt64(from),
            reader.GetFieldValue<DateTimeOffset>(from + 1),
            reader.GetString(from + 2),
            reader.IsDBNull(from + 3) ? null : reader.GetString(from + 3),
            table,
            JournalText.Key(schema, reader.GetString(from + 5)),
            JournalText.Kind(reader.GetString(from + 6)),
            ValueJson.Deserialize(schema, reader.GetString(from + 7)),
            ValueJson.Deserialize(schema, reader.GetString(from + 8)))
        {
            WriteId = reader.IsDBNull(from + 9) ? null : reader.GetGuid(from + 9),
        };
    }

    [GeneratedRegex(@"^\d{1,19}:\d{1,19}:[\d,]*(\|\d{1,19}:\d{1,19}:[\d,]*\|\d{1,19})?$")]
    private static partial Regex CursorForm();
}
