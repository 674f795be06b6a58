using Microsoft.Data.Sqlite;
using Tandem.Access;
using Tandem.Relational.Tests.Sqlite;
using Tandem.Specification.Access;
using Tandem.Tables;

namespace Tandem.Relational.Tests.Access;

/// <summary>Grants that another program stores.</summary>
public sealed class GrantBookTests
{
    [Fact]
    public async Task Grants_StoredByAnotherProgram_AreReadAndDecide()
    {
        using var file = await SqliteFile.CreateAsync(RightsOracle.Sqlite);
        await using var database = await file.OpenAsync();
        await using (var other = new SqliteConnection($"Data Source={file.Path};Pooling=False"))
        {
            await other.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = other.CreateCommand();
            command.CommandText = """
                INSERT INTO tandem_grants (id, subject_kind, subject, effect, "view", "list", "add", "change", "delete", "bulk", "run", "enable", "administer", table_name, fields, filter, record_key, note) VALUES
                  ('1', 'user', 'ann', 'allow', 1, 0, 0, 0, 0, 0, 0, 0, 0, 'deals', NULL, NULL, '7', NULL),
                  ('2', 'user', 'bob', 'allow', 1, 0, 0, 0, 0, 0, 0, 0, 0, 'deals', NULL, 'amount lt 50', NULL, NULL);
                """;
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using var book = new GrantBook();
        await book.FollowAsync(database, TimeProvider.System, TestContext.Current.CancellationToken);
        var rights = new Rights(false, book, []);
        var deals = database.Find("deals")!;

        Assert.NotNull(PermittedTable.Of(deals, rights, new User("ann", Role.Member)));
        Assert.NotNull(PermittedTable.Of(deals, rights, new User("bob", Role.Member)));
        Assert.Null(PermittedTable.Of(deals, rights, new User("eve", Role.Member)));
    }
}
