namespace Tandem.PostgreSql;

/// <summary>Who may do what, and who looked through whose eyes, in schema tandem.</summary>
internal static class PgRightsTables
{
    public const string CreateSql = """
        CREATE TABLE IF NOT EXISTS tandem.grants (
            id text PRIMARY KEY,
            subject_kind text NOT NULL CHECK (subject_kind IN ('user', 'group', 'everyone')),
            subject text,
            effect text NOT NULL CHECK (effect IN ('allow', 'deny')),
            "view" boolean NOT NULL,
            "list" boolean NOT NULL,
            "add" boolean NOT NULL,
            "change" boolean NOT NULL,
            "delete" boolean NOT NULL,
            "bulk" boolean NOT NULL,
            "run" boolean NOT NULL,
            "enable" boolean NOT NULL,
            "administer" boolean NOT NULL,
            table_name text,
            fields text,
            filter text,
            record_key text,
            note text,
            record_number bigint GENERATED ALWAYS AS (CASE WHEN record_key ~ '^-?[0-9]{1,18}$' THEN record_key::bigint END) STORED);
        CREATE UNIQUE INDEX IF NOT EXISTS grants_record ON tandem.grants (table_name, subject_kind, coalesce(subject, ''), effect, record_key) WHERE record_key IS NOT NULL;
        CREATE INDEX IF NOT EXISTS grants_number ON tandem.grants (table_name, subject_kind, subject, effect, record_number) WHERE record_number IS NOT NULL;
        CREATE INDEX IF NOT EXISTS grants_subject ON tandem.grants (table_name, subject_kind, subject, effect, record_key);
        CREATE TABLE IF NOT EXISTS tandem.view_as (
            id text PRIMARY KEY,
            administrator text NOT NULL,
            user_name text NOT NULL,
            started_at timestamptz NOT NULL,
            ended_at timestamptz);
        """;
}
