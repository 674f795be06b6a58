namespace Tandem.Sqlite;

/// <summary>Who may do what, and who looked through whose eyes, in a SQLite file.</summary>
internal static class SqliteRightsTables
{
    public static IReadOnlyList<(string Name, string Sql)> All { get; } =
    [
        ("tandem_grants", """
            CREATE TABLE tandem_grants (
                id TEXT NOT NULL PRIMARY KEY,
                subject_kind TEXT NOT NULL CHECK (subject_kind IN ('user', 'group', 'everyone')),
                subject TEXT,
                effect TEXT NOT NULL CHECK (effect IN ('allow', 'deny')),
                "view" BOOLEAN NOT NULL,
                "list" BOOLEAN NOT NULL,
                "add" BOOLEAN NOT NULL,
                "change" BOOLEAN NOT NULL,
                "delete" BOOLEAN NOT NULL,
                "bulk" BOOLEAN NOT NULL,
                "run" BOOLEAN NOT NULL,
                "enable" BOOLEAN NOT NULL,
                "administer" BOOLEAN NOT NULL,
                table_name TEXT,
                fields TEXT,
                filter TEXT,
                record_key TEXT,
                note TEXT,
                record_number INTEGER GENERATED ALWAYS AS (CASE WHEN CAST(CAST(record_key AS INTEGER) AS TEXT) = record_key THEN CAST(record_key AS INTEGER) END) VIRTUAL);
            CREATE UNIQUE INDEX tandem_grants_record ON tandem_grants (table_name, subject_kind, ifnull(subject, ''), effect, record_key) WHERE record_key IS NOT NULL;
            CREATE INDEX tandem_grants_number ON tandem_grants (table_name, subject_kind, subject, effect, record_number) WHERE record_number IS NOT NULL;
            CREATE INDEX tandem_grants_subject ON tandem_grants (table_name, subject_kind, subject, effect, record_key);
            """),
        ("tandem_view_as", """
            CREATE TABLE tandem_view_as (
                id TEXT NOT NULL PRIMARY KEY,
                administrator TEXT NOT NULL,
                user_name TEXT NOT NULL,
                started_at TIMESTAMPTZ NOT NULL,
                ended_at TIMESTAMPTZ);
            """),
    ];
}
