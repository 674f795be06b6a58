using System.Data.Common;
using Npgsql;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Relational.Sql;
using Tandem.Relational.Tables;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.PostgreSql;

/// <summary>A table of a PostgreSQL database.</summary>
internal sealed class PgTable(PgDatabase database, PgTableMap table) : RelationalTable(table.Map, PgDialect.Instance)
{
    private const int Attempts = 4;

    internal PgTableMap Table => table;

    public override Task<BatchResult> WriteAllAsync(IReadOnlyList<Write> writes, CancellationToken cancellationToken = default) =>
        database.WriteAllAsync([.. writes.Select(w => new TableWrite(Schema.Name, w))], cancellationToken);

    public override Task<IReadOnlyList<Change>> HistoryAsync(RecordKey key, int limit = 100, CancellationToken cancellationToken = default) =>
        database.HistoryAsync(Schema.Name, key, limit, cancellationToken);

    protected override IChangeFeed Feed => database.Feed;

    protected override bool IsReadOnly => database.IsReadOnly;

    public override async Task<WriteResult> WriteAsync(Write write, CancellationToken cancellationToken = default)
    {
        if (Check(write) is { } rejected)
        {
            return rejected;
        }

        if (write is Write.Update { Set.Count: 0 } unchanged)
        {
            return await GetAsync(unchanged.Key, cancellationToken).ConfigureAwait(false) is { } record ? new WriteResult.Written(record, null) : new WriteResult.Missing();
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var result = await RunAsync(write, cancellationToken).ConfigureAwait(false);
                if (result is WriteResult.Written { Change: not null })
                {
                    database.PgFeed.WroteHere();
                }

                return result;
            }
            catch (PostgresException e) when (PgErrors.IsTransient(e) && attempt < Attempts)
            {
                // Another transaction won a deadlock or a serialization race; the statement as a whole did not happen.
                continue;
            }
            catch (PostgresException e) when (PgErrors.IsRefusal(e))
            {
                return PgErrors.Explain(e, table, write);
            }
            catch (PostgresException e) when (PgErrors.IsSchemaChange(e))
            {
                throw new SchemaChangedException(Schema.Name, e);
            }
            catch (NpgsqlException e) when (PgErrors.IsUnavailable(e))
            {
                throw PgErrors.Unavailable(e);
            }
        }
    }

    protected override async Task<List<Record>> ReadAsync(SqlText sql, TableMap map, CancellationToken cancellationToken)
    {
        try
        {
            return await database.ReadAsync(sql, r => ReadRecord(r, map), cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (PgErrors.IsSchemaChange(e))
        {
            throw new SchemaChangedException(Schema.Name, e);
        }
        catch (PostgresException e) when (PgErrors.IsUnreadable(e))
        {
            throw new UnreadableValueException(Schema.Name);
        }
    }

    protected override async Task<T?> ReadOneAsync<T>(SqlText sql, Func<DbDataReader, T> read, CancellationToken cancellationToken)
        where T : default
    {
        try
        {
            return (await database.ReadAsync(sql, read, cancellationToken).ConfigureAwait(false)).FirstOrDefault();
        }
        catch (PostgresException e) when (PgErrors.IsSchemaChange(e))
        {
            throw new SchemaChangedException(Schema.Name, e);
        }
        catch (PostgresException e) when (PgErrors.IsUnreadable(e))
        {
            throw new UnreadableValueException(Schema.Name);
        }
    }

    private async Task<WriteResult> RunAsync(Write write, CancellationToken cancellationToken)
    {
        var (sql, by, key, kind) = write switch
        {
            Write.Insert insert => (PgWriteSql.Insert(table, insert), insert.By, null, ChangeKind.Insert),
            Write.Update update => (PgWriteSql.Update(table, update), update.By, update.Key, ChangeKind.Update),
            Write.Delete delete => (PgWriteSql.Delete(table, delete), delete.By, (RecordKey?)delete.Key, ChangeKind.Delete),
            _ => throw new ArgumentException($"Unknown write {write.GetType().Name}.", nameof(write)),
        };
        Record? old = null;
        WriteResult.Written? written = null;
        var rows = await database.ReadAsync(sql, reader => (IsNew: reader.GetString(0) == "new", Record: ReadRecord(reader, Map, 1), Entry: Entry(reader)), cancellationToken).ConfigureAwait(false);
        foreach (var row in rows)
        {
            if (row.IsNew)
            {
                var (sequence, at, before, after) = row.Entry!.Value;
                var change = new Change(database.Feed.Current, sequence, at, by.Actor, by.Operation, Schema.Name, key ?? row.Record.Key, kind,
                    ValueJson.Deserialize(Schema, before), ValueJson.Deserialize(Schema, after));
                written = new WriteResult.Written(row.Record, change);
            }
            else
            {
                old = row.Record;
            }
        }

        return written ?? Refused(write, old);
    }

    private (long Sequence, DateTimeOffset At, string Before, string After)? Entry(DbDataReader reader)
    {
        var from = 1 + Map.Columns.Count;
        return reader.IsDBNull(from)
            ? null
            : (reader.GetInt64(from), reader.GetFieldValue<DateTimeOffset>(from + 1), reader.GetString(from + 2), reader.GetString(from + 3));
    }

    /// <summary>Why nothing was written, told from the locked record.</summary>
    private static WriteResult Refused(Write write, Record? old)
    {
        if (old is null)
        {
            return write is Write.Insert
                ? new WriteResult.Rejected([new FieldError("", "The database did not take the record.")])
                : new WriteResult.Missing();
        }

        var (set, guard) = write is Write.Update update ? (update.Set, update.Guard) : (Patch.Empty, ((Write.Delete)write).Guard);
        if (GuardCheck.Broken(old, set, guard) is { } broken)
        {
            return new WriteResult.Conflicted(old, broken);
        }

        return set.Count > 0 && set.All(s => Values.Same(old.Schema[s.Key], s.Value, old[s.Key]))
            ? new WriteResult.Written(old, null)
            : new WriteResult.Rejected([new FieldError("", "The database did not take the change.")]);
    }
}
