using Npgsql;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Relational.Sql;
using Tandem.Relational.Tables;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.PostgreSql;

/// <content>Writing several records at once, and looking writes up.</content>
public sealed partial class PgDatabase
{
    // A trial waits no longer than this for a record that another transaction holds, and for any statement.
    private const string TrialLimits = "SET LOCAL lock_timeout = '1s'; SET LOCAL statement_timeout = '5s'";

    public Task<BatchResult> WriteAllAsync(IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken = default) =>
        RunAsync(writes, false, cancellationToken);

    public async Task<BatchResult> TryAllAsync(IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken = default) =>
        (await RunAsync(writes, true, cancellationToken).ConfigureAwait(false)).OfTrial();

    private async Task<BatchResult> RunAsync(IReadOnlyList<TableWrite> writes, bool isTrial, CancellationToken cancellationToken)
    {
        var steps = BatchPlan.Steps([.. writes.Select(w => w.Write)]);
        var named = writes.Select(w => (Table(w.Table) ?? throw new ArgumentException($"There is no table '{w.Table}'.", nameof(writes)), w.Write)).ToList();
        if (IsReadOnly || writes.Count == 0)
        {
            return new BatchResult(writes.Count == 0, [.. named.Select(n => n.Item1.Check(n.Write)!)]);
        }

        var way = PgBatch.Way.Together;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var result = await WriteOnceAsync(named, steps, way, isTrial, cancellationToken).ConfigureAwait(false);
                if (result.IsCommitted && !isTrial)
                {
                    PgFeed.WroteHere();
                }

                return result;
            }
            catch (PostgresException e) when ((PgErrors.IsTransient(e) || e.ConstraintName == PgOwnTables.WriteIndex) && attempt < PgTable.Attempts)
            {
                // Another transaction won a deadlock, or did the same write first: nothing was done, and now it can be seen.
                continue;
            }
            catch (Exception e) when (way != PgBatch.Way.SinglyAtOnce && (e is PgBatch.UnmatchedException || e is PostgresException refusal && PgErrors.IsRefusal(refusal)))
            {
                way++;
            }
            catch (PostgresException e) when (isTrial && e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled && !cancellationToken.IsCancellationRequested)
            {
                throw new DatabaseUnavailableException("It could not be checked now, since others are writing the same records. Saving checks it.", e);
            }
            catch (PostgresException e) when (PgErrors.IsSchemaChange(e))
            {
                throw new SchemaChangedException(writes[0].Table, e);
            }
            catch (NpgsqlException e) when (PgErrors.IsUnavailable(e))
            {
                throw PgErrors.Unavailable(e);
            }
        }
    }

    public async Task<Change?> FindWriteAsync(Guid id, CancellationToken cancellationToken = default) => HasJournal
        ? (await PgFeed.Journal.OfWritesAsync([id], cancellationToken).ConfigureAwait(false)).FirstOrDefault()
        : null;

    private async Task<BatchResult> WriteOnceAsync(IReadOnlyList<(PgTable Table, Write Write)> writes, IReadOnlyList<IReadOnlyList<int>> steps, PgBatch.Way way, bool isTrial, CancellationToken cancellationToken)
    {
        var batch = new PgBatch(writes, await DoneAsync(writes, cancellationToken).ConfigureAwait(false));
        var connection = await Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var ending = transaction.ConfigureAwait(false);
        // To the planner a batch looks so dear that it would compile it, which takes ten times as long as running it.
        await ReadAsync(connection, new SqlText().Append(isTrial ? $"SET LOCAL jit = off; {TrialLimits}" : "SET LOCAL jit = off"), r => 0, cancellationToken).ConfigureAwait(false);
        var result = await batch.RunAsync(connection, steps, way, cancellationToken).ConfigureAwait(false);
        if (isTrial)
        {
            // What waits for the commit speaks now. The transaction ends untold, and so as if it had never been.
            await ReadAsync(connection, new SqlText().Append("SET CONSTRAINTS ALL IMMEDIATE"), r => 0, cancellationToken).ConfigureAwait(false);
        }
        else if (result.IsCommitted)
        {
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    private async Task<Dictionary<int, WriteResult>> DoneAsync(IReadOnlyList<(PgTable Table, Write Write)> writes, CancellationToken cancellationToken)
    {
        Dictionary<int, WriteResult> results = [];
        Guid[] ids = [.. writes.Select(w => w.Write.Id).OfType<Guid>()];
        if (ids.Length == 0)
        {
            return results;
        }

        var done = (await PgFeed.Journal.OfWritesAsync(ids, cancellationToken).ConfigureAwait(false)).ToDictionary(c => c.WriteId!.Value);
        const int KeysPerRead = 1_000;
        Dictionary<(string, RecordKey), Record> now = [];
        foreach (var table in done.Values.GroupBy(c => c.Table))
        {
            foreach (var keys in Table(table.Key) is null ? [] : table.Select(c => c.Key).Distinct().Chunk(KeysPerRead))
            {
                foreach (var record in await Table(table.Key)!.GetManyAsync(keys, null, cancellationToken).ConfigureAwait(false))
                {
                    now[(table.Key, record.Key)] = record;
                }
            }
        }

        for (var i = 0; i < writes.Count; i++)
        {
            if (writes[i].Write.Id is { } id && done.TryGetValue(id, out var change))
            {
                results[i] = RelationalTable.Done(writes[i].Table.Schema, change, now.GetValueOrDefault((change.Table, change.Key)));
            }
        }

        return results;
    }
}
