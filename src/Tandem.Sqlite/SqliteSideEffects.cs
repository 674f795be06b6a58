using Microsoft.Data.Sqlite;
using SQLitePCL;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Relational.Sql;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Sqlite;

/// <summary>Notes which rows a statement touched beyond its own: by triggers, and by references that cascade. They are journalled too.</summary>
internal sealed class SqliteSideEffects : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly List<(int Kind, string Table, long RowId)> _touched = [];

    // SQLite keeps the bare pointer, so the delegate must live as long as the hook.
    private readonly delegate_update _hook;

    public SqliteSideEffects(SqliteConnection connection)
    {
        _connection = connection;
        _hook = (_, kind, _, table, rowId) => _touched.Add((kind, table.utf8_to_string(), rowId));
        raw.sqlite3_update_hook(connection.Handle, _hook, null);
    }

    public void Dispose() => raw.sqlite3_update_hook(_connection.Handle, (delegate_update?)null, null);

    /// <summary>Journals every touched row but the written record itself.</summary>
    public void Journal(SqliteWriter.Scope scope, Func<string, TableMap?> find, string ownTable, RecordKey ownKey, WriteContext by)
    {
        Dispose();
        foreach (var group in _touched.GroupBy(t => t.Table, StringComparer.Ordinal))
        {
            if (find(group.Key) is not { } map || map.Schema.IsSystem || map.Schema.IsKeyless)
            {
                continue;
            }

            var numbered = map.KeyColumns is [{ Field: { Type: FieldType.Integer, IsIdentity: true } }];
            foreach (var rows in group.GroupBy(t => t.RowId))
            {
                var now = Read(map, rows.Key);
                var key = now?.Key ?? (numbered ? new RecordKey(rows.Key) : null);
                if (key is not null && group.Key == ownTable && key.Equals(ownKey))
                {
                    continue;
                }

                var inserted = rows.First().Kind == raw.SQLITE_INSERT;
                if (now is not null)
                {
                    scope.Journal(by.Actor, by.Operation, map.Schema, now.Key, inserted ? ChangeKind.Insert : ChangeKind.Update, Patch.Empty, now.ToPatch());
                }
                else if (inserted || (group.Key == ownTable && group.Count() == 1))
                {
                    // Came and went within the statement, or is the deleted record itself.
                    continue;
                }
                else if (key is not null)
                {
                    scope.Journal(by.Actor, by.Operation, map.Schema, key, ChangeKind.Delete, Patch.Empty, Patch.Empty);
                }
                else
                {
                    // A row whose key was not its row number is gone and can no longer be named.
                    scope.Journal(by.Actor, by.Operation, map.Schema, new RecordKey(), ChangeKind.Reset, Patch.Empty, Patch.Empty);
                    break;
                }
            }
        }
    }

    private Record? Read(TableMap map, long rowId)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = $"SELECT {map.SelectList("", digest: true)} FROM {map.QuotedName} WHERE rowid = @rowid";
        command.Parameters.AddWithValue("@rowid", rowId);
        using var reader = command.ExecuteReader();
        return reader.Read() ? Relational.Tables.RelationalTable.ReadRecord(reader, map) : null;
    }
}
