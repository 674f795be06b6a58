using Microsoft.Data.Sqlite;

namespace Tandem.Sqlite;

/// <summary>The tables of who may sign in, and how a file that an earlier version made comes to have them.</summary>
internal static class SqliteAccountTables
{
    private const string Users = """
                name TEXT NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 200),
                role TEXT NOT NULL CHECK (role IN ('administrator', 'editor', 'viewer', 'member')),
                kind TEXT NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'service')),
                email TEXT CHECK (length(email) <= 320),
                is_disabled BOOLEAN NOT NULL DEFAULT 0,
                may_use_api BOOLEAN NOT NULL DEFAULT 1,
                created_at TIMESTAMPTZ NOT NULL,
                password_hash TEXT,
                failed_sign_ins INTEGER NOT NULL DEFAULT 0,
                locked_until TIMESTAMPTZ,
                stamp TEXT,
                external_id TEXT
        """;

    public static readonly (string Name, string Sql)[] All =
    [
        ("tandem_users", $"CREATE TABLE tandem_users ({Users});"),
        ("tandem_groups", """
            CREATE TABLE tandem_groups (
                name TEXT NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 200),
                label TEXT CHECK (length(label) <= 200),
                help TEXT);
            """),
        ("tandem_members", """
            CREATE TABLE tandem_members (
                group_name TEXT NOT NULL,
                kind TEXT NOT NULL CHECK (kind IN ('user', 'group')),
                member TEXT NOT NULL,
                PRIMARY KEY (group_name, kind, member));
            CREATE INDEX tandem_members_member ON tandem_members (kind, member);
            """),
        ("tandem_tokens", """
            CREATE TABLE tandem_tokens (
                id TEXT NOT NULL PRIMARY KEY,
                user_name TEXT NOT NULL,
                name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
                digest TEXT NOT NULL UNIQUE,
                scopes TEXT,
                created_at TIMESTAMPTZ NOT NULL,
                expires_at TIMESTAMPTZ,
                last_used_at TIMESTAMPTZ,
                revoked_at TIMESTAMPTZ);
            CREATE INDEX tandem_tokens_user ON tandem_tokens (user_name);
            """),
        ("tandem_links", """
            CREATE TABLE tandem_links (
                digest TEXT NOT NULL PRIMARY KEY,
                user_name TEXT NOT NULL,
                purpose TEXT NOT NULL CHECK (purpose IN ('console', 'sign-in', 'password')),
                stamp TEXT,
                expires_at TIMESTAMPTZ NOT NULL);
            CREATE INDEX tandem_links_user ON tandem_links (user_name);
            """),
    ];

    /// <summary>Makes a users table of the first version anew, which held each user's one token: its checks refuse the member role, and SQLite cannot change a check.</summary>
    public static void Upgrade(SqliteConnection connection)
    {
        if (SqliteConnections.Scalar<long>(connection, "SELECT count(*) FROM pragma_table_info('tandem_users') WHERE name = 'token_digest'") == 0)
        {
            return;
        }

        SqliteConnections.Execute(connection, $"""
            CREATE TABLE tandem_users_next ({Users});
            INSERT INTO tandem_users_next (name, role, created_at) SELECT name, role, created_at FROM tandem_users;
            INSERT INTO tandem_tokens (id, user_name, name, digest, created_at)
                SELECT lower(hex(randomblob(8))), name, 'first token', token_digest, created_at FROM tandem_users WHERE token_digest IS NOT NULL;
            DROP TABLE tandem_users;
            ALTER TABLE tandem_users_next RENAME TO tandem_users;
            """);
    }
}
