using Npgsql;
using NpgsqlTypes;
using Tandem.Relational.Sql;

namespace Tandem.PostgreSql;

/// <content>Removing old entries, and telling readers who come too late for them.</content>
/// <remarks>
/// An entry is removed only once every transaction that ran beside its own has ended, so that its id lies below the lowest
/// running one of every later snapshot. The highest id ever removed is kept; a cursor whose lowest running transaction lies
/// beyond that has seen all that was removed.
/// </remarks>
internal sealed partial class PgJournal
{
    public const int TrimmedAtOnce = 5_000;

    /// <summary>The highest transaction id of which entries were removed, or null.</summary>
    private const string Trimmed = "(SELECT value::numeric FROM tandem.settings WHERE name = 'journal.trimmed')";

    /// <summary>The condition that entries were removed which a snapshot had not seen, as far as can be told: it is only said of one that might have missed some.</summary>
    private static string MissedBy(string snapshot) =>
        $"coalesce(t.trimmed >= pg_snapshot_xmax({snapshot})::text::numeric OR EXISTS (SELECT FROM pg_snapshot_xip({snapshot}) x WHERE x::text::numeric <= t.trimmed), FALSE)";

    public async Task<int> TrimAsync(DateTimeOffset? oldest, long? entries, CancellationToken cancellationToken)
    {
        var sql = new SqlText();
        List<string> kept = [];
        if (oldest is { } at)
        {
            kept.Add($"(SELECT min(seq) FROM (SELECT seq FROM tandem.journal WHERE at >= ${sql.Add(new NpgsqlParameter<DateTime> { TypedValue = at.UtcDateTime, NpgsqlDbType = NpgsqlDbType.TimestampTz })} ORDER BY seq LIMIT 1) a)");
        }

        if (entries is { } number)
        {
            kept.Add($"(SELECT min(seq) FROM (SELECT seq FROM tandem.journal ORDER BY seq DESC LIMIT ${sql.Add(new NpgsqlParameter<long> { TypedValue = Math.Max(number, 0) })}) n)");
        }

        if (kept.Count == 0)
        {
            return 0;
        }

        // Where nothing at all is kept there is no first entry to stop at.
        var from = string.Join(", ", kept.Select(k => $"coalesce({k}, {long.MaxValue})"));
        sql.Append($"WITH old AS (SELECT seq FROM tandem.journal WHERE seq < greatest({from}) AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY seq LIMIT {TrimmedAtOnce} FOR UPDATE SKIP LOCKED)");
        sql.Append(", gone AS (DELETE FROM tandem.journal j USING old WHERE j.seq = old.seq RETURNING j.xid)");
        sql.Append(", kept AS (INSERT INTO tandem.settings (name, value) SELECT 'journal.trimmed', max(xid::text::numeric)::text FROM gone HAVING count(*) > 0 ON CONFLICT (name) DO UPDATE SET value = greatest(settings.value::numeric, excluded.value::numeric)::text)");
        sql.Append(" SELECT count(*) FROM gone");
        return (int)(await database.ReadAsync(sql, r => r.GetInt64(0), cancellationToken).ConfigureAwait(false))[0];
    }
}
