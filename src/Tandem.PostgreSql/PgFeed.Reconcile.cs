using Npgsql;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Relational.Sql;
using Tandem.Relational.Tables;
using Tandem.Relational.Watching;

namespace Tandem.PostgreSql;

/// <content>Finding other programs' writes by comparing, where replication is not allowed.</content>
internal sealed partial class PgFeed
{
    /// <summary>One reconcile at a time: the poller's, or the listener's after a break.</summary>
    private readonly SemaphoreSlim _reconciling = new(1, 1);

    private async Task ReconcileAsync(bool isGap, CancellationToken cancellationToken)
    {
        await _reconciling.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_watches.IsEmpty)
            {
                await ReconcileWatchedAsync(isGap, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _reconciling.Release();
        }
    }

    private async Task ReconcileWatchedAsync(bool isGap, CancellationToken cancellationToken)
    {
        // The session lock keeps nodes from finding the same write twice; it is taken before the snapshot that is compared.
        var gate = await _database.Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = gate.ConfigureAwait(false);
        if (_database.HasJournal)
        {
            await PgDatabase.ReadAsync(gate, new SqlText().Append($"SELECT pg_advisory_lock({PgElsewhere.LockKey + 1})::text"), r => 0, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            var transaction = await gate.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                await _tailing.WaitAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    if (_database.HasJournal)
                    {
                        // Journal and records are read as of one snapshot, so a difference left over is nobody's entry.
                        var (now, changes, isTrimmed) = await _journal.TailAsync(gate, Current, cancellationToken).ConfigureAwait(false);
                        Take(now, changes, isTrimmed);
                    }

                    var (found, first, compared) = await Reconciler.RunAsync(_watches, onlyUnread: false, new Reader(_database, gate), cancellationToken).ConfigureAwait(false);
                    _untold.AddRange(found);
                    TellLate(first);
                    if (isGap)
                    {
                        LogReconciled(compared.Tables, compared.Records, found.Count, first.Count);
                    }
                }
                finally
                {
                    _tailing.Release();
                }
            }

            // What is found once is not found again, so it is kept until it is told.
            while (_untold.Count > 0)
            {
                var some = _untold.Take(PgElsewhere.PerTransaction).ToList();
                await TellAsync(some, cancellationToken).ConfigureAwait(false);
                _untold.RemoveRange(0, some.Count);
            }
        }
        finally
        {
            if (_database.HasJournal)
            {
                await PgDatabase.ReadAsync(gate, new SqlText().Append($"SELECT pg_advisory_unlock({PgElsewhere.LockKey + 1})::text"), r => 0, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Between a page's reading and the first copy another program may have written unseen: those who watch are told to look again.</summary>
    private void TellLate(IReadOnlyList<string> first)
    {
        if (first.Count > 0)
        {
            _buffer.Append(Current, [.. Resets(Current, first)]);
        }
    }

    private async Task TellAsync(List<Found> found, CancellationToken cancellationToken)
    {
        if (found.Count == 0)
        {
            return;
        }

        LogFound(found.Count);
        var at = _options.Clock.GetUtcNow();
        if (_database.HasJournal)
        {
            await _elsewhere.WriteAsync([.. found.Select(f => new ElsewhereChange(f, Actors.Elsewhere, null, at, null))], cancellationToken).ConfigureAwait(false);
            await ReadTailAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        // A server that writes nothing tells its pages all the same, but keeps nothing for later readers.
        List<Change> unkept = [.. found.Select(f => new Change(new Cursor((++_unkept).ToString(System.Globalization.CultureInfo.InvariantCulture)), _unkept, at, Actors.Elsewhere, null, f.Table, f.Key, f.Kind, f.Before, f.After))];
        _buffer.Append(unkept[^1].Cursor, unkept);
    }

    private sealed class Reader(PgDatabase database, NpgsqlConnection connection) : IWatchReader
    {
        public async Task<IReadOnlyList<Record>?> ReadAsync(string table, IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken) =>
            database.Table(table)?.Map is not { Schema.IsKeyless: false } map
                ? null
                : await PgDatabase.ReadAsync(connection, RelationalTable.ManyOf(keys, map), r => RelationalTable.ReadRecord(r, map), cancellationToken).ConfigureAwait(false);

        public async Task<IReadOnlyList<Record>?> ReadAllAsync(string table, int limit, CancellationToken cancellationToken)
        {
            if (database.Table(table)?.Map is not { Schema.IsKeyless: false } map)
            {
                return null;
            }

            var sql = new SqlText().Append($"SELECT {map.SelectList("", digest: false)} FROM {map.QuotedName} LIMIT {limit + 1}");
            var records = await PgDatabase.ReadAsync(connection, sql, r => RelationalTable.ReadRecord(r, map), cancellationToken).ConfigureAwait(false);
            return records.Count > limit ? null : records;
        }
    }
}
