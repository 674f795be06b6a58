using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tandem.Access;
using Tandem.PostgreSql;
using Tandem.Records;
using Tandem.Relational.Tests.Sqlite;
using Tandem.Specification.Servers;
using Tandem.Sqlite;
using Tandem.Tables;
using Tandem.Web;
using Tandem.Web.SignIn;

namespace Tandem.Relational.Tests.Accounts;

/// <summary>A users table of the first version, whose users each had one token, goes on working.</summary>
public sealed class AccountUpgradeTests
{
    private const string Secret = "the-token-of-mia";

    private static readonly string s_digest = Tokens.DigestOf(Secret);

    private static string Sqlite => $"""
        CREATE TABLE tandem_users (
            name TEXT NOT NULL PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 200),
            role TEXT NOT NULL CHECK (role IN ('administrator', 'editor', 'viewer')),
            token_digest TEXT,
            created_at TIMESTAMPTZ NOT NULL);
        INSERT INTO tandem_users VALUES ('Mia', 'editor', '{s_digest}', '2026-01-02T03:04:05Z'), ('Ben', 'viewer', NULL, '2026-01-02T03:04:06Z');
        """;

    private static string PostgreSql => $"""
        CREATE SCHEMA tandem;
        CREATE TABLE tandem.users (
            name text PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 200),
            role text NOT NULL CHECK (role IN ('administrator', 'editor', 'viewer')),
            token_digest text,
            created_at timestamptz NOT NULL);
        INSERT INTO tandem.users VALUES ('Mia', 'editor', '{s_digest}', '2026-01-02T03:04:05Z'), ('Ben', 'viewer', NULL, '2026-01-02T03:04:06Z');
        """;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SqliteFile_OfTheFirstVersion_KeepsItsUsersAndTokens()
    {
        using var file = await SqliteFile.CreateAsync(Sqlite);
        await using (var database = await file.OpenAsync())
        {
            await WorksAsync(database, isUpgraded: true);
        }

        // Once more, from what it has become.
        await using var again = await file.OpenAsync();
        await WorksAsync(again, isUpgraded: true);
    }

    [Fact]
    public async Task SqliteFile_OfTheFirstVersionThatMayOnlyBeRead_LetsItsUsersIn()
    {
        using var file = await SqliteFile.CreateAsync(Sqlite);
        await using var database = await file.OpenAsync(o => o.IsReadOnly = true);
        await WorksAsync(database, isUpgraded: false);
    }

    [Fact]
    public async Task PostgreSql_OfTheFirstVersion_KeepsItsUsersAndTokens()
    {
        var address = await (await PgServer.LogicalAsync()).CreateDatabaseAsync(PostgreSql, Token);
        await using (var database = await PgDatabase.OpenAsync(address, new PgOptions { IsReadOnly = true }, null, Token))
        {
            await WorksAsync(database, isUpgraded: false);
        }

        await using (var database = await PgDatabase.OpenAsync(address, null, null, Token))
        {
            await WorksAsync(database, isUpgraded: true);
        }

        await using var again = await PgDatabase.OpenAsync(address, null, null, Token);
        await WorksAsync(again, isUpgraded: true);
    }

    private static async Task WorksAsync(IDatabase database, bool isUpgraded)
    {
        var app = new TandemApp(Options.Create(new TandemOptions()), NullLogger<TandemApp>.Instance);
        app.Open(database);
        var store = new UserStore(app, TimeProvider.System, NullLogger<UserStore>.Instance);
        await store.StartAsync(database, Token);
        try
        {
            var mia = Assert.IsType<TokenCheck.Passed>(store.CheckToken(Secret)).User;
            Assert.Equal(("Mia", Role.Editor, "2026-01-02T03:04:05Z"), (mia.User.Name, mia.User.Role, mia.Stamp));
            Assert.True(mia is { MayUseApi: true, IsDisabled: false, HasPassword: false, IsStored: true });
            Assert.Equal(Role.Viewer, store.Find("Ben")!.Role);
            Assert.Equal(isUpgraded ? 1 : 0, store.TokensOf("Mia").Count);
            Assert.IsType<TokenCheck.Refused>(store.CheckToken("another"));
            if (isUpgraded)
            {
                Assert.IsType<Web.SignIn.Accounts.AccountResult.Done>(await store.Book.ChangeUserAsync("Ben", Patch.Of("role", "member"), "administrator", Token));
                Assert.Equal(Role.Member, store.Find("Ben")!.Role);
                await store.Book.ChangeUserAsync("Ben", Patch.Of("role", "viewer"), "administrator", Token);
            }
        }
        finally
        {
            await store.StopAsync();
        }
    }
}
