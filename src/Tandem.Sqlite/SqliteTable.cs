using System.Data.Common;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Relational.Sql;
using Tandem.Relational.Tables;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Sqlite;

/// <summary>A table of a SQLite file.</summary>
internal sealed class SqliteTable(SqliteDatabase database, TableMap map) : RelationalTable(map, SqliteDialect.Instance)
{
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

        return await database.Writer.RunAsync(
            scope =>
            {
                var result = Run(scope, write);
                return ValueTask.FromResult((result, result is WriteResult.Written { Change: not null }));
            },
            cancellationToken).ConfigureAwait(false);
    }

    protected override Task<List<Record>> ReadAsync(SqlText sql, TableMap map, CancellationToken cancellationToken) =>
        database.Connections.ReadAsync(connection => Guarded(() => Read(connection, sql, map, cancellationToken)), cancellationToken);

    protected override Task<T?> ReadOneAsync<T>(SqlText sql, Func<DbDataReader, T> read, CancellationToken cancellationToken)
        where T : default => database.Connections.ReadAsync(
        connection => Guarded(() =>
        {
            using var command = SqliteConnections.Command(connection, sql);
            using var reader = command.ExecuteReader();
            return reader.Read() ? read(reader) : default;
        }),
        cancellationToken);

    internal static List<Record> Read(SqliteConnection connection, SqlText sql, TableMap map, CancellationToken cancellationToken)
    {
        using var command = SqliteConnections.Command(connection, sql);
        using var reader = command.ExecuteReader();
        List<Record> records = [];
        while (reader.Read())
        {
            records.Add(ReadRecord(reader, map));
            if ((records.Count & 0xFF) == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }

        return records;
    }

    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SqliteException e) when (SqliteErrors.IsSchemaChange(e))
        {
            throw new SchemaChangedException(Schema.Name, e);
        }
    }

    private WriteResult Run(SqliteWriter.Scope scope, Write write)
    {
        using var effects = new SqliteSideEffects(scope.Connection);
        try
        {
            var result = write switch
            {
                Write.Insert insert => Insert(scope, insert, effects),
                Write.Update update => Update(scope, update, effects),
                Write.Delete delete => Delete(scope, delete, effects),
                _ => throw new ArgumentException($"Unknown write {write.GetType().Name}.", nameof(write)),
            };
            if (result is WriteResult.Written && HasBrokenReferences(scope.Connection))
            {
                // Deferred references are only checked by the commit; asking now keeps the answer in one place.
                return SqliteErrors.Explain(new SqliteException("FOREIGN KEY constraint failed", raw.SQLITE_CONSTRAINT, raw.SQLITE_CONSTRAINT_FOREIGNKEY), scope.Connection, Map, write);
            }

            return result;
        }
        catch (SqliteException e) when (SqliteErrors.IsRefusal(e))
        {
            return SqliteErrors.Explain(e, scope.Connection, Map, write);
        }
        catch (SqliteException e) when (SqliteErrors.IsSchemaChange(e))
        {
            throw new SchemaChangedException(Schema.Name, e);
        }
    }

    private static bool HasBrokenReferences(SqliteConnection connection)
    {
        raw.sqlite3_db_status(connection.Handle, raw.SQLITE_DBSTATUS_DEFERRED_FKS, out var current, out _, 0);
        return current > 0;
    }

    private WriteResult Insert(SqliteWriter.Scope scope, Write.Insert insert, SqliteSideEffects effects)
    {
        var sql = new SqlText();
        var given = insert.Values.Where(v => !(v.Value is null && Schema[v.Key].IsIdentity)).ToList();
        sql.Append("INSERT INTO ").Append(Map.QuotedName);
        if (given.Count == 0)
        {
            sql.Append(" DEFAULT VALUES");
        }
        else
        {
            sql.Append(" (").Append(string.Join(", ", given.Select(v => Map[v.Key].Quoted)))
                .Append(") VALUES (").Append(string.Join(", ", given.Select(v => Map[v.Key].Bind(sql, v.Value)))).Append(")");
        }

        sql.Append(" RETURNING ").Append(string.Join(", ", Map.KeyColumns.Select(c => c.Quoted)));
        RecordKey key;
        using (var command = SqliteConnections.Command(scope.Connection, sql))
        using (var reader = command.ExecuteReader())
        {
            if (!reader.Read())
            {
                return new WriteResult.Rejected([new FieldError("", "The database did not take the record.")]);
            }

            key = new RecordKey([.. Map.KeyColumns.Select((c, i) => c.Read(reader, i))]);
        }

        if (ByKey(scope.Connection, key) is not { } stored)
        {
            return new WriteResult.Rejected([new FieldError("", "The database did not keep the record.")]);
        }

        effects.Journal(scope, database.Map, Schema.Name, key, insert.By);
        return new WriteResult.Written(stored, scope.Journal(
            insert.By.Actor, insert.By.Operation, Schema, stored.Key, ChangeKind.Insert, Patch.Empty, stored.ToPatch()));
    }

    private WriteResult Update(SqliteWriter.Scope scope, Write.Update update, SqliteSideEffects effects)
    {
        if (ByKey(scope.Connection, update.Key) is not { } before)
        {
            return new WriteResult.Missing();
        }

        if (GuardCheck.Broken(before, update.Set, update.Guard) is { } broken)
        {
            return new WriteResult.Conflicted(before, broken);
        }

        if (update.Set.All(s => Values.Same(Schema[s.Key], s.Value, before[s.Key])))
        {
            return new WriteResult.Written(before, null);
        }

        var sql = new SqlText();
        sql.Append("UPDATE ").Append(Map.QuotedName).Append(" SET ")
            .Append(string.Join(", ", update.Set.Select(s => $"{Map[s.Key].Quoted} = {Map[s.Key].Bind(sql, s.Value)}")))
            .Append(" WHERE ").Append(Map.KeyIs(sql, "", update.Key));
        foreach (var (field, basis) in update.Guard.Base)
        {
            var settled = update.Guard.AllowSettled && update.Set.TryGetValue(field, out var mine) ? " OR " + Map[field].Holds(sql, "", mine) : "";
            sql.Append(" AND (").Append(Map[field].Holds(sql, "", basis)).Append(settled).Append(")");
        }

        using (var command = SqliteConnections.Command(scope.Connection, sql))
        {
            if (command.ExecuteNonQuery() == 0)
            {
                return new WriteResult.Conflicted(before, [.. update.Guard.Base.Keys]);
            }
        }

        if (ByKey(scope.Connection, update.Key) is not { } stored)
        {
            return new WriteResult.Rejected([new FieldError("", "The database removed the record instead of changing it.")]);
        }

        effects.Journal(scope, database.Map, Schema.Name, update.Key, update.By);
        var after = before.DifferencesTo(stored);
        return new WriteResult.Written(stored, after.IsEmpty ? null : scope.Journal(
            update.By.Actor, update.By.Operation, Schema, update.Key, ChangeKind.Update, stored.DifferencesTo(before), after));
    }

    private WriteResult Delete(SqliteWriter.Scope scope, Write.Delete delete, SqliteSideEffects effects)
    {
        if (ByKey(scope.Connection, delete.Key) is not { } before)
        {
            return new WriteResult.Missing();
        }

        if (GuardCheck.Broken(before, Patch.Empty, delete.Guard) is { } broken)
        {
            return new WriteResult.Conflicted(before, broken);
        }

        var sql = new SqlText();
        sql.Append("DELETE FROM ").Append(Map.QuotedName).Append(" WHERE ").Append(Map.KeyIs(sql, "", delete.Key));
        foreach (var (field, basis) in delete.Guard.Base)
        {
            sql.Append(" AND ").Append(Map[field].Holds(sql, "", basis));
        }

        using (var command = SqliteConnections.Command(scope.Connection, sql))
        {
            if (command.ExecuteNonQuery() == 0)
            {
                return new WriteResult.Conflicted(before, [.. delete.Guard.Base.Keys]);
            }
        }

        effects.Journal(scope, database.Map, Schema.Name, delete.Key, delete.By);
        return new WriteResult.Written(before, scope.Journal(
            delete.By.Actor, delete.By.Operation, Schema, delete.Key, ChangeKind.Delete, before.ToPatch(), Patch.Empty));
    }

    private Record? ByKey(SqliteConnection connection, RecordKey key)
    {
        var sql = new SqlText();
        var where = Map.KeyIs(sql, "", key);
        sql.Append("SELECT ").Append(Map.SelectList("", digest: true)).Append(" FROM ").Append(Map.QuotedName).Append(" WHERE ").Append(where);
        return Read(connection, sql, Map, CancellationToken.None).FirstOrDefault();
    }
}
