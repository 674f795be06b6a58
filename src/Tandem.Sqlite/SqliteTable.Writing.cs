using Microsoft.Data.Sqlite;
using SQLitePCL;
using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Relational.Sql;
using Tandem.Relational.Tables;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Sqlite;

/// <content>Writing, inside a turn of the writer.</content>
internal sealed partial class SqliteTable
{
    /// <summary>Does a write unless a write of that id was done before, and only while its lease is held.</summary>
    internal WriteResult Once(SqliteWriter.Scope scope, Write write)
    {
        if (write.Id is { } id && SqliteJournal.OfWrite(scope.Connection, database.SchemaOf, id) is { } done)
        {
            return Done(Schema, done, done.Table == Schema.Name ? ByKey(scope.Connection, done.Key) : null);
        }

        return write.Fence is { } fence && !Holds(scope.Connection, fence) ? new WriteResult.Fenced(fence.Resource) : Judged(scope, write);
    }

    /// <summary>Does the write and takes it back where a rule in code or its permit refuses what it stored.</summary>
    private WriteResult Judged(SqliteWriter.Scope scope, Write write)
    {
        if (Permits.Before(write) is { } before && KeyOf(write) is { } key && ByKey(scope.Connection, key) is not null && !IsAmong(scope.Connection, key, before))
        {
            return new WriteResult.Missing();
        }

        var after = Permits.After(Schema, write, changesItself: true);
        if (Schema.RecordRules.Count == 0 && after is null)
        {
            return Run(scope, write);
        }

        SqliteConnections.Execute(scope.Connection, "SAVEPOINT rule");
        var count = scope.Changes.Count;
        var result = Ruled.Judge(Schema, write, Run(scope, write));
        if (!scope.HasEnded && result is WriteResult.Written { Stored: var stored } && after is not null && !IsAmong(scope.Connection, stored.Key, after))
        {
            result = Permits.Refused(write);
        }

        if (scope.HasEnded)
        {
            return result;
        }

        if (result is WriteResult.Rejected)
        {
            SqliteConnections.Execute(scope.Connection, "ROLLBACK TO rule");
            scope.Changes.RemoveRange(count, scope.Changes.Count - count);
        }

        SqliteConnections.Execute(scope.Connection, "RELEASE rule");
        return result;
    }

    private static RecordKey? KeyOf(Write write) => write switch
    {
        Write.Update update => update.Key,
        Write.Delete delete => delete.Key,
        _ => null,
    };

    private bool IsAmong(SqliteConnection connection, RecordKey key, Filter filter)
    {
        var sql = new SqlText();
        sql.Append($"SELECT 1 FROM {Map.QuotedName} AS t WHERE {Map.KeyIs(sql, "", key)} AND {FilterCompiler.Compile(filter, Map, SqliteDialect.Instance, sql)}");
        using var command = SqliteConnections.Command(connection, sql);
        return command.ExecuteScalar() is not null;
    }

    internal static bool HasBrokenReferences(SqliteConnection connection) => BrokenReferences(connection) > 0;

    /// <summary>How many deferred references name no record now.</summary>
    internal static int BrokenReferences(SqliteConnection connection)
    {
        raw.sqlite3_db_status(connection.Handle, raw.SQLITE_DBSTATUS_DEFERRED_FKS, out var current, out _, 0);
        return current;
    }

    internal WriteResult.Rejected BrokenReference(SqliteConnection connection, Write write) =>
        SqliteErrors.Explain(new SqliteException("FOREIGN KEY constraint failed", raw.SQLITE_CONSTRAINT, raw.SQLITE_CONSTRAINT_FOREIGNKEY), connection, Map, write);

    private static bool Holds(SqliteConnection connection, Fence fence)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {SqliteOwnTables.Leases} WHERE resource = @resource AND token = @token";
        command.Parameters.AddWithValue("@resource", fence.Resource);
        command.Parameters.AddWithValue("@token", fence.Token);
        return (long)command.ExecuteScalar()! > 0;
    }

    private WriteResult Run(SqliteWriter.Scope scope, Write write)
    {
        using var effects = new SqliteSideEffects(scope.Connection);
        try
        {
            return write switch
            {
                Write.Insert insert => Insert(scope, insert, effects),
                Write.Update update => Update(scope, update, effects),
                Write.Delete delete => Delete(scope, delete, effects),
                _ => throw new ArgumentException($"Unknown write {write.GetType().Name}.", nameof(write)),
            };
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

    private WriteResult Insert(SqliteWriter.Scope scope, Write.Insert insert, SqliteSideEffects effects)
    {
        var sql = new SqlText();
        var given = VersionRules.First(Schema, insert.Values).Where(v => !(v.Value is null && Schema[v.Key].IsIdentity)).ToList();
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
            insert.By.Actor, insert.By.Operation, Schema, stored.Key, ChangeKind.Insert, Patch.Empty, stored.ToPatch(), insert.Id));
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
        var set = VersionRules.Raised(before, update.Set);
        sql.Append("UPDATE ").Append(Map.QuotedName).Append(" SET ")
            .Append(string.Join(", ", set.Select(s => $"{Map[s.Key].Quoted} = {Map[s.Key].Bind(sql, s.Value)}")))
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
            update.By.Actor, update.By.Operation, Schema, update.Key, ChangeKind.Update, stored.DifferencesTo(before), after, update.Id));
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
            delete.By.Actor, delete.By.Operation, Schema, delete.Key, ChangeKind.Delete, before.ToPatch(), Patch.Empty, delete.Id));
    }

    private Record? ByKey(SqliteConnection connection, RecordKey key)
    {
        var sql = new SqlText();
        var where = Map.KeyIs(sql, "", key);
        sql.Append("SELECT ").Append(Map.SelectList("", digest: true)).Append(" FROM ").Append(Map.QuotedName).Append(" WHERE ").Append(where);
        return Read(connection, sql, Map, CancellationToken.None).FirstOrDefault();
    }
}
