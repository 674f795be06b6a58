using System.Globalization;
using Microsoft.Data.Sqlite;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Relational.Journal;
using Tandem.Schema;

namespace Tandem.Sqlite;

/// <summary>The journal table: one row per change, numbered in commit order, since SQLite has one writer at a time.</summary>
internal static partial class SqliteJournal
{
    private const string Table = SqliteOwnTables.Journal;

    private const string Columns = "seq, at, actor, operation, table_name, record_key, kind, before, after, write_id";

    public static Change Append(SqliteConnection connection, DateTimeOffset at, string actor, string? operation, TableSchema table, RecordKey key, ChangeKind kind, Patch before, Patch after, Guid? writeId)
    {
        // Secrets stay where they are; the journal is for reading.
        string[] secrets = [.. table.Fields.Where(f => f.IsSecret).Select(f => f.Name)];
        (before, after) = (before.Without(secrets), after.Without(secrets));
        using var command = connection.CreateCommand();
        command.CommandText = $"INSERT INTO {Table} (at, actor, operation, table_name, record_key, kind, before, after, write_id) VALUES (@at, @actor, @operation, @table, @key, @kind, @before, @after, @write) RETURNING seq";
        command.Parameters.AddWithValue("@at", ValueText.Plain(at));
        command.Parameters.AddWithValue("@actor", actor);
        command.Parameters.AddWithValue("@operation", (object?)operation ?? DBNull.Value);
        command.Parameters.AddWithValue("@table", table.Name);
        command.Parameters.AddWithValue("@key", JournalText.Key(table, key));
        command.Parameters.AddWithValue("@kind", JournalText.Kind(kind));
        command.Parameters.AddWithValue("@before", ValueJson.Serialize(table, before));
        command.Parameters.AddWithValue("@after", ValueJson.Serialize(table, after));
        command.Parameters.AddWithValue("@write", (object?)writeId?.ToString() ?? DBNull.Value);
        var sequence = (long)command.ExecuteScalar()!;
        return new Change(CursorAt(sequence), sequence, at, actor, operation, table.Name, key, kind, before, after) { WriteId = writeId };
    }

    /// <summary>Changes with numbers after one and up to another, oldest first.</summary>
    public static List<Change> Range(SqliteConnection connection, Func<string, TableSchema?> find, long after, long upTo, int limit)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns} FROM {Table} WHERE seq > @after AND seq <= @upTo ORDER BY seq LIMIT @limit";
        command.Parameters.AddWithValue("@after", after);
        command.Parameters.AddWithValue("@upTo", upTo);
        command.Parameters.AddWithValue("@limit", limit);
        var changes = Read(command, find);
        // Asked after the read: whatever was trimmed before it shows by now.
        return after >= TrimmedTo(connection)
            ? changes
            : throw new CursorExpiredException("The journal no longer keeps what came after this cursor. Read again and follow from there.");
    }

    /// <summary>The newest changes first.</summary>
    public static List<Change> Newest(SqliteConnection connection, Func<string, TableSchema?> find, string? table, RecordKey? key, int limit)
    {
        using var command = connection.CreateCommand();
        List<string> conditions = [];
        if (table is not null)
        {
            conditions.Add("table_name = @table");
            command.Parameters.AddWithValue("@table", table);
        }

        if (key is not null && table is not null && find(table) is { } schema)
        {
            conditions.Add("record_key = @key");
            command.Parameters.AddWithValue("@key", JournalText.Key(schema, key));
        }

        var where = conditions.Count > 0 ? "WHERE " + string.Join(" AND ", conditions) : "";
        command.CommandText = $"SELECT {Columns} FROM {Table} {where} ORDER BY seq DESC LIMIT @limit";
        command.Parameters.AddWithValue("@limit", limit);
        return Read(command, find);
    }

    /// <summary>The change that the write of an id made, or null.</summary>
    public static Change? OfWrite(SqliteConnection connection, Func<string, TableSchema?> find, Guid id)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns} FROM {Table} WHERE write_id = @write";
        command.Parameters.AddWithValue("@write", id.ToString());
        return Read(command, find).FirstOrDefault();
    }

    /// <summary>The newest changes of an operation first.</summary>
    public static List<Change> OfOperation(SqliteConnection connection, Func<string, TableSchema?> find, string operation, int limit)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns} FROM {Table} WHERE operation = @operation ORDER BY seq DESC LIMIT @limit";
        command.Parameters.AddWithValue("@operation", operation);
        command.Parameters.AddWithValue("@limit", limit);
        return Read(command, find);
    }

    /// <summary>The number before the oldest entry kept: who stands further back has missed what was trimmed.</summary>
    public static long TrimmedTo(SqliteConnection connection) => SqliteConnections.Scalar<long?>(connection, $"SELECT min(seq) - 1 FROM {Table}") ?? Last(connection);

    public static long Last(SqliteConnection connection) => SqliteConnections.Scalar<long>(connection, $"SELECT max(coalesce((SELECT max(seq) FROM {Table}), 0), coalesce((SELECT seq FROM sqlite_sequence WHERE name = '{Table}'), 0))");

    public static Cursor CursorAt(long sequence) => new(sequence.ToString(CultureInfo.InvariantCulture));

    public static long SequenceOf(Cursor cursor) => long.TryParse(cursor.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
        ? sequence
        : throw new CursorExpiredException("This is not a cursor of this feed. Read again and follow from there.");

    private static List<Change> Read(SqliteCommand command, Func<string, TableSchema?> find)
    {
        List<Change> changes = [];
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var sequence = reader.GetInt64(0);
            var table = reader.GetString(4);
            var schema = find(table);
            changes.Add(new Change(
                CursorAt(sequence),
                sequence,
                TimeOf(reader.GetString(1)),
                reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetString(3),
                table,
                JournalText.Key(schema, reader.GetString(5)),
                JournalText.Kind(reader.GetString(6)),
                ValueJson.Deserialize(schema, reader.GetString(7)),
                ValueJson.Deserialize(schema, reader.GetString(8)))
            {
                WriteId = reader.IsDBNull(9) ? null : Guid.Parse(reader.GetString(9)),
            });
        }

        return changes;
    }
}
