namespace Tandem.PostgreSql;

/// <summary>The tables of who may sign in, and how a database that an earlier version set up comes to have them.</summary>
internal static class PgAccountTables
{
    /// <summary>Whether the users table is of this version.</summary>
    public const string IsCurrentSql = "EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = 'tandem' AND table_name = 'users' AND column_name = 'stamp')";

    public const string CreateSql = """
        CREATE TABLE IF NOT EXISTS tandem.users (
            name text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 200),
            role text NOT NULL CONSTRAINT users_role_check CHECK (role IN ('administrator', 'editor', 'viewer', 'member')),
            kind text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'service')),
            email text CHECK (length(email) <= 320),
            is_disabled boolean NOT NULL DEFAULT false,
            may_use_api boolean NOT NULL DEFAULT true,
            created_at timestamptz NOT NULL,
            password_hash text,
            failed_sign_ins integer NOT NULL DEFAULT 0,
            locked_until timestamptz,
            stamp text,
            external_id text);
        CREATE TABLE IF NOT EXISTS tandem.groups (
            name text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 200),
            label text CHECK (length(label) <= 200),
            help text);
        CREATE TABLE IF NOT EXISTS tandem.members (
            group_name text NOT NULL,
            kind text NOT NULL CHECK (kind IN ('user', 'group')),
            member text NOT NULL,
            PRIMARY KEY (group_name, kind, member));
        CREATE INDEX IF NOT EXISTS members_member ON tandem.members (kind, member);
        CREATE TABLE IF NOT EXISTS tandem.tokens (
            id text PRIMARY KEY,
            user_name text NOT NULL,
            name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
            digest text NOT NULL UNIQUE,
            scopes text,
            created_at timestamptz NOT NULL,
            expires_at timestamptz,
            last_used_at timestamptz,
            revoked_at timestamptz);
        CREATE INDEX IF NOT EXISTS tokens_user ON tandem.tokens (user_name);
        CREATE TABLE IF NOT EXISTS tandem.links (
            digest text PRIMARY KEY,
            user_name text NOT NULL,
            purpose text NOT NULL CHECK (purpose IN ('console', 'sign-in', 'password')),
            stamp text,
            expires_at timestamptz NOT NULL);
        CREATE INDEX IF NOT EXISTS links_user ON tandem.links (user_name);
        DO $accounts$ BEGIN
            -- The first version's users each had one token, beside their role.
            IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_schema = 'tandem' AND table_name = 'users' AND column_name = 'token_digest') THEN
                ALTER TABLE tandem.users
                    ADD COLUMN kind text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'service')),
                    ADD COLUMN email text CHECK (length(email) <= 320),
                    ADD COLUMN is_disabled boolean NOT NULL DEFAULT false,
                    ADD COLUMN may_use_api boolean NOT NULL DEFAULT true,
                    ADD COLUMN password_hash text,
                    ADD COLUMN failed_sign_ins integer NOT NULL DEFAULT 0,
                    ADD COLUMN locked_until timestamptz,
                    ADD COLUMN stamp text,
                    ADD COLUMN external_id text;
                ALTER TABLE tandem.users DROP CONSTRAINT IF EXISTS users_role_check;
                ALTER TABLE tandem.users ADD CONSTRAINT users_role_check CHECK (role IN ('administrator', 'editor', 'viewer', 'member'));
                INSERT INTO tandem.tokens (id, user_name, name, digest, created_at)
                    SELECT replace(gen_random_uuid()::text, '-', ''), name, 'first token', token_digest, created_at FROM tandem.users WHERE token_digest IS NOT NULL;
                ALTER TABLE tandem.users DROP COLUMN token_digest;
            END IF;
        END $accounts$;
        """;
}
