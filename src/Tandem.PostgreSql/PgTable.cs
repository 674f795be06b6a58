using System.Data.Common;
using System.Runtime.CompilerServices;
using Npgsql;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Relational.Sql;
using Tandem.Relational.Tables;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.PostgreSql;

/// <summary>A table of a PostgreSQL database.</summary>
internal sealed partial class PgTable(PgDatabase database, PgTableMap table) : RelationalTable(table.Map, PgDialect.Instance)
{
    internal const int Attempts = 4;

    internal PgTableMap Table => table;

    public override Task<BatchResult> WriteAllAsync(IReadOnlyList<Write> writes, CancellationToken cancellationToken = default) =>
        database.WriteAllAsync([.. writes.Select(w => new TableWrite(Schema.Name, w))], cancellationToken);

    public override Task<IReadOnlyList<Change>> HistoryAsync(RecordKey key, int limit = 100, CancellationToken cancellationToken = default) =>
        database.HistoryAsync(Schema.Name, key, limit, cancellationToken);

    protected override IChangeFeed Feed => database.Feed;

    protected override bool IsReadOnly => database.IsReadOnly;

    public override async Task<WriteResult> WriteAsync(Write write, CancellationToken cancellationToken = default)
    {
        if ((Schema.RecordRules.Count > 0 && write is not Write.Delete) || Permits.After(Schema, write, table.ChangesItself) is not null)
        {
            // What a rule in code or a permit refuses must be taken back before it is committed.
            return (await WriteAllAsync([write], cancellationToken).ConfigureAwait(false)).Results[0];
        }

        if (Check(write) is { } rejected)
        {
            return rejected;
        }

        if (write is Write.Update { Set.Count: 0 })
        {
            return (await WriteAllAsync([write], cancellationToken).ConfigureAwait(false)).Results[0];
        }

        if (write is Write.Insert { Fence: not null } bare && PgWriteSql.Given(Map, bare).Count == 0)
        {
            return (await WriteAllAsync([write], cancellationToken).ConfigureAwait(false)).Results[0];
        }

        return KeyOf(write) is { } key
            ? await InLineAsync(key, write, cancellationToken).ConfigureAwait(false)
            : await AloneAsync(write, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Does one write in a transaction of its own.</summary>
    private async Task<WriteResult> AloneAsync(Write write, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var result = await RunAsync(null, write, cancellationToken).ConfigureAwait(false);
                if (result is WriteResult.Written { Change: not null })
                {
                    database.PgFeed.WroteHere();
                    return result;
                }

                return await DoneAsync(write, cancellationToken).ConfigureAwait(false) ?? result;
            }
            catch (PostgresException e) when (PgErrors.IsTransient(e) && attempt < Attempts)
            {
                // Another transaction won a deadlock or a serialization race; the statement as a whole did not happen.
                continue;
            }
            catch (PostgresException e) when (PgErrors.IsRefusal(e))
            {
                // A write of the same id may have been first: under way beside this one, or long ago.
                if (await DoneAsync(write, cancellationToken).ConfigureAwait(false) is { } done)
                {
                    return done;
                }

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

    /// <summary>The answer to a write that was done before, or null.</summary>
    private async Task<WriteResult?> DoneAsync(Write write, CancellationToken cancellationToken) =>
        write.Id is { } id && await database.FindWriteAsync(id, cancellationToken).ConfigureAwait(false) is { } done
            ? Done(Schema, done, done.Table == Schema.Name ? await GetAsync(done.Key, cancellationToken).ConfigureAwait(false) : null)
            : null;

    protected override async IAsyncEnumerable<IReadOnlyList<Record>> ScanAsync(SqlText sql, TableMap map, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var connection = await database.Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var closing = connection.ConfigureAwait(false);
        var command = new NpgsqlCommand(sql.ToString(), connection) { CommandTimeout = 0 };
        await using var disposing = command.ConfigureAwait(false);
        var reader = await OpenAsync(command, cancellationToken).ConfigureAwait(false);
        await using var ending = reader.ConfigureAwait(false);
        List<Record> batch = new(ScanBatch);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            batch.Add(ReadRecord(reader, map));
            if (batch.Count == ScanBatch)
            {
                yield return batch;
                batch = new(ScanBatch);
            }
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private async Task<NpgsqlDataReader> OpenAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (PgErrors.IsSchemaChange(e))
        {
            throw new SchemaChangedException(Schema.Name, e);
        }
    }

    protected override Task<List<Record>> ReadAsync(SqlText sql, TableMap map, CancellationToken cancellationToken) => ReadAsync(sql, r => ReadRecord(r, map), cancellationToken);

    protected override async Task<List<T>> ReadAsync<T>(SqlText sql, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        try
        {
            return await database.ReadAsync(sql, read, cancellationToken).ConfigureAwait(false);
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
        where T : default => (await ReadAsync(sql, read, cancellationToken).ConfigureAwait(false)).FirstOrDefault();

    /// <summary>Does one write in one statement.</summary>
    /// <param name="connection">The connection whose transaction it belongs to, or null for one of its own.</param>
    /// <param name="write">The write.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal async Task<WriteResult> RunAsync(NpgsqlConnection? connection, Write write, CancellationToken cancellationToken)
    {
        var sql = Statement(write);
        var read = (DbDataReader reader) => Answer(write, reader);
        return Result(write, await (connection is null ? database.ReadAsync(sql, read, cancellationToken) : PgDatabase.ReadAsync(connection, sql, read, cancellationToken)).ConfigureAwait(false));
    }

    private SqlText Statement(Write write) => write switch
    {
        Write.Insert insert => PgWriteSql.Insert(table, insert),
        Write.Update update => PgWriteSql.Update(table, update),
        Write.Delete delete => PgWriteSql.Delete(table, delete),
        _ => throw new ArgumentException($"Unknown write {write.GetType().Name}.", nameof(write)),
    };

    private (string Mark, WriteResult? Result, Record Record) Answer(Write write, DbDataReader reader) =>
        (reader.GetString(0), reader.GetString(0) == "new" ? Written(write, reader, 1) : null, ReadRecord(reader, Map, 1));

    private static WriteResult Result(Write write, List<(string Mark, WriteResult? Result, Record Record)> rows)
    {
        Record? old = null;
        foreach (var row in rows)
        {
            switch (row.Mark)
            {
                case "new":
                    return row.Result!;
                case "fenced":
                    return new WriteResult.Fenced(write.Fence!.Resource);
                default:
                    old = row.Record;
                    break;
            }
        }

        return Refused(write, old);
    }

    /// <summary>Reads a record as it is now and the journal entry of the write that made it so.</summary>
    internal WriteResult.Written Written(Write write, DbDataReader reader, int from)
    {
        var stored = ReadRecord(reader, Map, from);
        from += Map.Width;
        var (key, kind) = write switch
        {
            Write.Update update => (update.Key, ChangeKind.Update),
            Write.Delete delete => (delete.Key, ChangeKind.Delete),
            _ => (stored.Key, ChangeKind.Insert),
        };
        return new WriteResult.Written(stored, new Change(
            database.Feed.Current, reader.GetInt64(from), reader.GetFieldValue<DateTimeOffset>(from + 1), write.By.Actor, write.By.Operation, Schema.Name, key, kind,
            ValueJson.Deserialize(Schema, reader.GetString(from + 2)), ValueJson.Deserialize(Schema, reader.GetString(from + 3))) { WriteId = write.Id });
    }

    /// <summary>Why nothing was written, told from the locked record.</summary>
    internal static WriteResult Refused(Write write, Record? old)
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
