using Microsoft.Data.Sqlite;

namespace Tandem.Sqlite;

/// <summary>Tandem's own tables in a SQLite file: made at start, and brought up to date where an earlier version made them.</summary>
internal static class SqliteOwnTables
{
    public const string Journal = "tandem_journal";
    public const string Leases = "tandem_leases";

    private static readonly (string Name, string Sql)[] s_tables =
    [
        (Journal, $"""
            CREATE TABLE {Journal} (
                seq INTEGER PRIMARY KEY AUTOINCREMENT,
                at TIMESTAMPTZ NOT NULL,
                actor TEXT NOT NULL,
                operation TEXT,
                table_name TEXT NOT NULL,
                record_key TEXT NOT NULL,
                kind TEXT NOT NULL CHECK (kind IN ('insert', 'update', 'delete', 'reset')),
                before JSON NOT NULL,
                after JSON NOT NULL);
            CREATE INDEX tandem_journal_record ON {Journal} (table_name, record_key, seq);
            """),
        ("tandem_settings", """
            CREATE TABLE tandem_settings (
                name TEXT NOT NULL PRIMARY KEY,
                value TEXT NOT NULL);
            """),
        (Leases, $"""
            CREATE TABLE {Leases} (
                resource TEXT NOT NULL PRIMARY KEY,
                owner TEXT NOT NULL,
                token INTEGER NOT NULL,
                until TIMESTAMPTZ NOT NULL,
                taken_from TEXT);
            """),
        ("tandem_views", """
            CREATE TABLE tandem_views (
                id TEXT NOT NULL PRIMARY KEY,
                table_name TEXT NOT NULL,
                name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
                owner TEXT NOT NULL,
                audience TEXT NOT NULL CHECK (audience IN ('mine', 'role', 'everyone', 'columns')),
                role TEXT,
                is_default BOOLEAN NOT NULL,
                query TEXT NOT NULL);
            CREATE INDEX tandem_views_table ON tandem_views (table_name);
            """),
        .. SqliteAccountTables.All,
        .. SqliteRightsTables.All,
    ];

    /// <summary>Makes the tables where they are missing.</summary>
    /// <returns>The names of those made now.</returns>
    public static IReadOnlyList<string> Ensure(SqliteConnection connection)
    {
        // Processes that start together would both create; whoever comes second finds them made.
        SqliteConnections.Execute(connection, "BEGIN IMMEDIATE");
        try
        {
            List<string> made = [];
            foreach (var (name, sql) in s_tables)
            {
                if (SqliteConnections.Scalar<long>(connection, $"SELECT count(*) FROM sqlite_master WHERE name = '{name}'") == 0)
                {
                    SqliteConnections.Execute(connection, sql);
                    made.Add(name);
                }
            }

            SqliteAccountTables.Upgrade(connection);
            if (SqliteConnections.Scalar<long>(connection, $"SELECT count(*) FROM pragma_table_info('{Journal}') WHERE name = 'write_id'") == 0)
            {
                SqliteConnections.Execute(connection, $"ALTER TABLE {Journal} ADD COLUMN write_id TEXT");
            }

            SqliteConnections.Execute(connection, $"CREATE UNIQUE INDEX IF NOT EXISTS tandem_journal_write ON {Journal} (write_id) WHERE write_id IS NOT NULL");
            SqliteConnections.Execute(connection, $"CREATE INDEX IF NOT EXISTS tandem_journal_operation ON {Journal} (operation, seq) WHERE operation IS NOT NULL; COMMIT");
            return made;
        }
        catch
        {
            SqliteConnections.Execute(connection, "ROLLBACK");
            throw;
        }
    }
}
