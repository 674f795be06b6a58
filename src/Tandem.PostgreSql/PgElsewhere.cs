using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Relational.Journal;
using Tandem.Relational.Tables;
using Tandem.Relational.Watching;
using Tandem.Schema;

namespace Tandem.PostgreSql;

/// <summary>A change that no journal entry stands for: another program's, or a side effect of a write.</summary>
/// <param name="Found">The change.</param>
/// <param name="Actor">Who is behind it.</param>
/// <param name="Operation">The operation of the transaction it was in, or null.</param>
/// <param name="At">When it was committed.</param>
/// <param name="Origin">Its place in the write-ahead log, the same for every node that hears it; null when it was found by comparing.</param>
internal sealed record ElsewhereChange(Found Found, string Actor, string? Operation, DateTimeOffset At, string? Origin);

/// <summary>
/// Journals what other programs wrote, once however many nodes heard it.
/// </summary>
/// <remarks>
/// Between another program's commit and its journal entry a person's save may have come in. Written down as heard, the
/// older value would then stand last in the journal. So the records are locked for share and compared first: a field that
/// meanwhile holds another value is left out, since whoever stored that value journals it. An advisory lock lets one node
/// at a time do this, and an entry whose origin is there already is left out.
/// </remarks>
internal sealed class PgElsewhere(PgDatabase database)
{
    public const long LockKey = 0x7461_6E64_656D; // "tandem"

    /// <summary>How many changes are journalled in one transaction.</summary>
    public const int PerTransaction = 200;

    public async Task WriteAsync(IReadOnlyList<ElsewhereChange> changes, CancellationToken cancellationToken)
    {
        foreach (var chunk in changes.Chunk(PerTransaction))
        {
            var connection = await database.Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using var closing = connection.ConfigureAwait(false);
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using var ending = transaction.ConfigureAwait(false);
            await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({LockKey})", [], cancellationToken).ConfigureAwait(false);
            var known = await KnownAsync(connection, chunk, cancellationToken).ConfigureAwait(false);
            foreach (var group in chunk.Where(c => c.Origin is null || !known.Contains(c.Origin)).GroupBy(c => c.Found.Table))
            {
                await WriteTableAsync(connection, group.Key, [.. group], cancellationToken).ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task WriteTableAsync(NpgsqlConnection connection, string table, IReadOnlyList<ElsewhereChange> changes, CancellationToken cancellationToken)
    {
        if (database.Table(table) is not { } found)
        {
            return;
        }

        var keys = changes.Where(c => c.Found.Kind != ChangeKind.Reset).Select(c => c.Found.Key).Distinct().ToList();
        Dictionary<RecordKey, Record> now = [];
        if (keys.Count > 0)
        {
            var sql = RelationalTable.ManyOf(keys, found.Map).Append(found.Table.Map.Schema.ReadOnlyReason is null ? " FOR SHARE" : "");
            foreach (var record in await PgDatabase.ReadAsync(connection, sql, r => RelationalTable.ReadRecord(r, found.Map), cancellationToken).ConfigureAwait(false))
            {
                now[record.Key] = record;
            }
        }

        var earlier = await EarlierAsync(connection, found.Schema, keys, cancellationToken).ConfigureAwait(false);
        foreach (var change in changes)
        {
            var known = earlier.GetValueOrDefault(change.Found.Key);
            if (StillHolds(found.Schema, change.Found, now.GetValueOrDefault(change.Found.Key)) is not { } after || IsKnown(found.Schema, change.Found.Kind, after, known))
            {
                continue;
            }

            var before = change.Found.Before.IsEmpty && change.Found.Kind == ChangeKind.Update && known is not null
                ? new Patch(known.Values.Where(k => after.TryGetValue(k.Key, out var value) && found.Schema.Find(k.Key) is { } field && !Values.Same(field, k.Value, value)))
                : change.Found.Before;
            await InsertAsync(connection, found.Schema, change, before, after, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Whether the journal says just this already: another node found it by comparing while this one heard of it, or the other way round.
    /// For that to be seen, whatever other programs did is told with the whole record after.
    /// </summary>
    private static bool IsKnown(TableSchema schema, ChangeKind kind, Patch after, Known? known) => kind switch
    {
        ChangeKind.Reset => false,
        _ when known is null => false,
        ChangeKind.Delete => known.IsGone,
        _ => !known.IsGone && after.All(a => known.Values.TryGetValue(a.Key, out var value) && schema.Find(a.Key) is { } field && Values.Same(field, value, a.Value)),
    };

    /// <param name="IsGone">Whether the record was deleted last.</param>
    /// <param name="Values">What its fields held last, as far as the newest entries tell.</param>
    private sealed record Known(bool IsGone, Dictionary<string, object?> Values);

    /// <summary>The fields of a change that the record still holds; null when nothing is left to tell.</summary>
    private static Patch? StillHolds(TableSchema schema, Found change, Record? now) => change.Kind switch
    {
        ChangeKind.Reset => Patch.Empty,
        ChangeKind.Delete => now is null ? Patch.Empty : null,
        _ when now is null => null,
        // A save may have been journalled already. This entry comes behind it, so it tells the record as it is.
        ChangeKind.Insert => Plain(now),
        // What was heard tells the whole record already; what was found by comparing is told with it.
        _ when !change.Before.IsEmpty => change.After.Any(a => schema.Find(a.Key) is { } field && Values.Same(field, a.Value, now[a.Key])) ? Plain(now) : null,
        _ => new Patch(change.After.Where(a => schema.Find(a.Key) is { } field && Values.Same(field, a.Value, now[a.Key]))) is { Count: > 0 } holding ? holding : null,
    };

    public static Patch Plain(Record record) => record.ToPatch().Without([.. record.Schema.Fields.Where(f => f.IsSecret).Select(f => f.Name)]);

    private static async Task InsertAsync(NpgsqlConnection connection, TableSchema schema, ElsewhereChange change, Patch before, Patch after, CancellationToken cancellationToken)
    {
        const string Sql = """
            INSERT INTO tandem.journal (at, actor, operation, table_name, record_key, kind, before, after, origin)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING
            """;
        await ExecuteAsync(connection, Sql,
        [
            new NpgsqlParameter<DateTime> { TypedValue = change.At.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            PgColumn.Text(change.Actor),
            Optional(change.Operation),
            PgColumn.Text(schema.Name),
            Json(change.Found.Kind == ChangeKind.Reset ? "[]" : JournalText.Key(schema, change.Found.Key)),
            PgColumn.Text(JournalText.Kind(change.Found.Kind)),
            Json(ValueJson.Serialize(schema, before)),
            Json(ValueJson.Serialize(schema, after)),
            Optional(change.Origin),
        ], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// What the journal last knew of records. Replication does not tell what a record held before; this tells readers of the
    /// history what probably differed, while the whole record stays in the entry for those who must be right.
    /// </summary>
    private static async Task<Dictionary<RecordKey, Known>> EarlierAsync(NpgsqlConnection connection, TableSchema schema, IReadOnlyList<RecordKey> keys, CancellationToken cancellationToken)
    {
        const int EntriesPerRecord = 20;
        Dictionary<RecordKey, Known> earlier = [];
        HashSet<RecordKey> complete = [];
        if (keys.Count == 0)
        {
            return earlier;
        }

        var sql = new Relational.Sql.SqlText();
        var table = sql.Add(PgColumn.Text(schema.Name));
        var json = sql.Add(new NpgsqlParameter<string[]> { TypedValue = [.. keys.Select(k => JournalText.Key(schema, k))] });
        sql.Append($"SELECT k.record_key, j.kind, j.after::text FROM unnest(${json}::text[]) k(record_key) CROSS JOIN LATERAL (SELECT seq, kind, after FROM tandem.journal WHERE table_name = ${table} AND record_key = k.record_key::jsonb ORDER BY seq DESC LIMIT {EntriesPerRecord}) j ORDER BY j.seq DESC");
        foreach (var (key, kind, after) in await PgDatabase.ReadAsync(connection, sql, r => (r.GetString(0), JournalText.Kind(r.GetString(1)), r.GetString(2)), cancellationToken).ConfigureAwait(false))
        {
            var record = JournalText.Key(schema, key);
            if (complete.Contains(record))
            {
                continue;
            }

            if (!earlier.TryGetValue(record, out var known))
            {
                earlier.Add(record, known = new Known(kind == ChangeKind.Delete, new(StringComparer.Ordinal)));
            }

            foreach (var (field, value) in ValueJson.Deserialize(schema, after))
            {
                known.Values.TryAdd(field, value);
            }

            // What an earlier record of the same key held says nothing of this one.
            if (kind is ChangeKind.Insert or ChangeKind.Delete)
            {
                complete.Add(record);
            }
        }

        return earlier;
    }

    private static async Task<HashSet<string>> KnownAsync(NpgsqlConnection connection, IEnumerable<ElsewhereChange> changes, CancellationToken cancellationToken)
    {
        string[] origins = [.. changes.Select(c => c.Origin).OfType<string>()];
        if (origins.Length == 0)
        {
            return [];
        }

        var sql = new Relational.Sql.SqlText();
        sql.Append($"SELECT origin FROM tandem.journal WHERE origin = ANY (${sql.Add(new NpgsqlParameter<string[]> { TypedValue = origins }).ToString(CultureInfo.InvariantCulture)})");
        return [.. await PgDatabase.ReadAsync(connection, sql, r => r.GetString(0), cancellationToken).ConfigureAwait(false)];
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using var disposing = command.ConfigureAwait(false);
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static NpgsqlParameter Json(string json) => new NpgsqlParameter<string> { TypedValue = json, NpgsqlDbType = NpgsqlDbType.Jsonb };

    private static NpgsqlParameter Optional(string? text) => text is null ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text } : PgColumn.Text(text);
}
