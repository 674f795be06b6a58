using System.Globalization;
using Microsoft.Data.Sqlite;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Relational.Journal;
using Tandem.Schema;

namespace Tandem.Sqlite;

/// <summary>The journal table: one row per change, numbered in commit order, since SQLite has one writer at a time.</summary>
internal static class SqliteJournal
{
    public const string Table = "tandem_journal";

    private const string Columns = "seq, at, actor, operation, table_name, record_key, kind, before, after";

    /// <summary>Makes Tandem's own tables where they are missing.</summary>
    /// <returns>The names of those made now.</returns>
    public static IReadOnlyList<string> EnsureTables(SqliteConnection connection)
    {
        (string Name, string Sql)[] tables =
        [
            (Table, $"""
                CREATE TABLE {Table} (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT,
                    at TIMESTAMPTZ NOT NULL,
                    actor TEXT NOT NULL,
                    operation TEXT,
                    table_name TEXT NOT NULL,
                    record_key TEXT NOT NULL,
                    kind TEXT NOT NULL CHECK (kind IN ('insert', 'update', 'delete', 'reset')),
                    before JSON NOT NULL,
                    after JSON NOT NULL);
                CREATE INDEX tandem_journal_record ON {Table} (table_name, record_key, seq);
                """),
            ("tandem_users", """
                CREATE TABLE tandem_users (
                    name TEXT NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 200),
                    role TEXT NOT NULL CHECK (role IN ('administrator', 'editor', 'viewer')),
                    token_digest TEXT,
                    created_at TIMESTAMPTZ NOT NULL);
                """),
            ("tandem_settings", """
                CREATE TABLE tandem_settings (
                    name TEXT NOT NULL PRIMARY KEY,
                    value TEXT NOT NULL);
                """),
        ];
        List<string> made = [];
        foreach (var (name, sql) in tables)
        {
            if (SqliteConnections.Scalar<long>(connection, $"SELECT count(*) FROM sqlite_master WHERE name = '{name}'") == 0)
            {
                SqliteConnections.Execute(connection, sql);
                made.Add(name);
            }
        }

        return made;
    }

    public static Change Append(SqliteConnection connection, DateTimeOffset at, string actor, string? operation, TableSchema table, RecordKey key, ChangeKind kind, Patch before, Patch after)
    {
        // Secrets stay where they are; the journal is for reading.
        string[] secrets = [.. table.Fields.Where(f => f.IsSecret).Select(f => f.Name)];
        (before, after) = (before.Without(secrets), after.Without(secrets));
        using var command = connection.CreateCommand();
        command.CommandText = $"INSERT INTO {Table} (at, actor, operation, table_name, record_key, kind, before, after) VALUES (@at, @actor, @operation, @table, @key, @kind, @before, @after) RETURNING seq";
        command.Parameters.AddWithValue("@at", ValueText.Plain(at));
        command.Parameters.AddWithValue("@actor", actor);
        command.Parameters.AddWithValue("@operation", (object?)operation ?? DBNull.Value);
        command.Parameters.AddWithValue("@table", table.Name);
        command.Parameters.AddWithValue("@key", JournalText.Key(table, key));
        command.Parameters.AddWithValue("@kind", JournalText.Kind(kind));
        command.Parameters.AddWithValue("@before", ValueJson.Serialize(table, before));
        command.Parameters.AddWithValue("@after", ValueJson.Serialize(table, after));
        var sequence = (long)command.ExecuteScalar()!;
        return new Change(CursorAt(sequence), sequence, at, actor, operation, table.Name, key, kind, before, after);
    }

    /// <summary>Changes with numbers after one and up to another, oldest first.</summary>
    public static List<Change> Range(SqliteConnection connection, Func<string, TableSchema?> find, long after, long upTo, int limit)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {Columns} FROM {Table} WHERE seq > @after AND seq <= @upTo ORDER BY seq LIMIT @limit";
        command.Parameters.AddWithValue("@after", after);
        command.Parameters.AddWithValue("@upTo", upTo);
        command.Parameters.AddWithValue("@limit", limit);
        return Read(command, find);
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

    public static long Last(SqliteConnection connection) => SqliteConnections.Scalar<long>(connection, $"SELECT max(seq) FROM {Table}");

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
                DateTimeOffset.Parse(reader.GetString(1), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
                reader.GetString(2),
                reader.IsDBNull(3) ? null : reader.GetString(3),
                table,
                JournalText.Key(schema, reader.GetString(5)),
                JournalText.Kind(reader.GetString(6)),
                ValueJson.Deserialize(schema, reader.GetString(7)),
                ValueJson.Deserialize(schema, reader.GetString(8))));
        }

        return changes;
    }
}
