namespace Tandem.PostgreSql;

/// <summary>Tandem's own tables in schema tandem: made at start, and brought up to date where an earlier version made them.</summary>
internal static class PgOwnTables
{
    /// <summary>The index that lets a write of one id happen once.</summary>
    public const string WriteIndex = "journal_write";

    /// <summary>How many of the tables are there, and whether all are as they should be.</summary>
    public const string StateSql = $"""
        SELECT count(*), count(*) = 11 AND (SELECT count(*) FROM pg_indexes WHERE schemaname = 'tandem' AND indexname IN ('journal_write', 'journal_operation')) = 2 AND {PgAccountTables.IsCurrentSql}
        FROM pg_tables WHERE schemaname = 'tandem' AND tablename IN ('journal', 'users', 'groups', 'members', 'tokens', 'links', 'settings', 'leases', 'views', 'grants', 'view_as')
        """;

    public const string CreateSql = $"""
        CREATE SCHEMA IF NOT EXISTS tandem;
        CREATE TABLE IF NOT EXISTS tandem.journal (
            seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
            at timestamptz NOT NULL DEFAULT clock_timestamp(),
            actor text NOT NULL,
            operation text,
            table_name text NOT NULL,
            record_key jsonb NOT NULL,
            kind text NOT NULL CHECK (kind IN ('insert', 'update', 'delete', 'reset')),
            before jsonb NOT NULL,
            after jsonb NOT NULL,
            origin text,
            write_id uuid);
        ALTER TABLE tandem.journal ADD COLUMN IF NOT EXISTS write_id uuid;
        CREATE INDEX IF NOT EXISTS journal_xid ON tandem.journal (xid);
        CREATE INDEX IF NOT EXISTS journal_record ON tandem.journal (table_name, record_key, seq);
        CREATE UNIQUE INDEX IF NOT EXISTS journal_origin ON tandem.journal (origin) WHERE origin IS NOT NULL;
        CREATE UNIQUE INDEX IF NOT EXISTS journal_write ON tandem.journal (write_id) WHERE write_id IS NOT NULL;
        CREATE INDEX IF NOT EXISTS journal_operation ON tandem.journal (operation, seq) WHERE operation IS NOT NULL;
        CREATE TABLE IF NOT EXISTS tandem.settings (name text PRIMARY KEY, value text NOT NULL);
        CREATE TABLE IF NOT EXISTS tandem.leases (
            resource text PRIMARY KEY,
            owner text NOT NULL,
            token bigint NOT NULL,
            until timestamptz NOT NULL,
            taken_from text);
        CREATE TABLE IF NOT EXISTS tandem.views (
            id text PRIMARY KEY,
            table_name text NOT NULL,
            name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
            owner text NOT NULL,
            audience text NOT NULL CHECK (audience IN ('mine', 'role', 'everyone', 'columns')),
            role text,
            is_default boolean NOT NULL,
            query text NOT NULL);
        CREATE INDEX IF NOT EXISTS views_table ON tandem.views (table_name);
        {PgAccountTables.CreateSql}
        {PgRightsTables.CreateSql}
        """;
}
