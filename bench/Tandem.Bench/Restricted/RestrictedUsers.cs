using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Npgsql;
using Tandem.Access;
using Tandem.Querying;
using Tandem.Tables;

namespace Tandem.Bench.Restricted;

/// <summary>What does a list cost somebody who may see only some of a million records, beside an administrator?</summary>
/// <remarks>A million grants of single records: 50 for each of 10,000 users, and half of all records for one group. They are asked by the source, in the query.</remarks>
internal static class RestrictedUsers
{
    private const int Rounds = 15;

    private static readonly (string Name, User User)[] s_users =
    [
        ("50 records, one by one", new User("user 77", Role.Member)),
        ("half of the records, one by one by a group", new User("walker", Role.Member) { Groups = ["walkers"] }),
        ("half of the records, by a filter", new User("keeper", Role.Member) { Groups = ["keepers"] }),
        ("an editor, and two fields hidden", new User("clerk", Role.Editor) { Groups = ["clerks"] }),
    ];

    public static async Task RunAsync(Stage stage, Report report)
    {
        var pg = await stage.PgAsync();
        await using (var source = NpgsqlDataSource.Create(stage.Postgres))
        {
            await Stage.ExecuteAsync(source, $"""
                DELETE FROM tandem.grants;
                INSERT INTO tandem.grants ({Columns}) SELECT 'u' || i, 'user', 'user ' || (i % 10000), 'allow', {Flags("true", "false")}, 'items', NULL, NULL, (1 + i::bigint * 7919 % 1000000)::text, NULL FROM generate_series(1, 500000) i;
                INSERT INTO tandem.grants ({Columns}) SELECT 'g' || i, 'group', 'walkers', 'allow', {Flags("true", "false")}, 'items', NULL, NULL, (i * 2)::text, NULL FROM generate_series(1, 500000) i;
                INSERT INTO tandem.grants ({Columns}) VALUES {Others("true", "false")};
                ANALYZE tandem.grants;
                """);
        }

        await AskAsync(report, "PostgreSQL", pg);
        var sqlite = await stage.SqliteAsync();
        await using (var connection = new SqliteConnection($"Data Source={stage.SqlitePath};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandTimeout = 0;
            command.CommandText = $"""
                BEGIN;
                DELETE FROM tandem_grants;
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000)
                INSERT INTO tandem_grants ({Columns}) SELECT 'u' || i, 'user', 'user ' || (i % 10000), 'allow', {Flags("1", "0")}, 'items', NULL, NULL, CAST(1 + i * 7919 % 1000000 AS TEXT), NULL FROM n;
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000)
                INSERT INTO tandem_grants ({Columns}) SELECT 'g' || i, 'group', 'walkers', 'allow', {Flags("1", "0")}, 'items', NULL, NULL, CAST(i * 2 AS TEXT), NULL FROM n;
                INSERT INTO tandem_grants ({Columns}) VALUES {Others("1", "0")};
                COMMIT;
                ANALYZE;
                """;
            await command.ExecuteNonQueryAsync();
        }

        await AskAsync(report, "SQLite", sqlite);
    }

    private const string Columns = """
        id, subject_kind, subject, effect, "view", "list", "add", "change", "delete", "bulk", "run", "enable", "administer", table_name, fields, filter, record_key, note
        """;

    private static string Flags(string yes, string no) => $"{yes}, {no}, {no}, {yes}, {no}, {yes}, {no}, {no}, {no}";

    private static string Others(string yes, string no) => $"""
        ('f1', 'group', 'keepers', 'allow', {Flags(yes, no)}, 'items', NULL, 'stock lt 250', NULL, NULL),
        ('f2', 'group', 'clerks', 'deny', {Flags(yes, no)}, 'items', 'note, stock', NULL, NULL, NULL)
        """;

    private static async Task AskAsync(Report report, string name, IDatabase database)
    {
        await using var book = new GrantBook();
        var started = Stopwatch.GetTimestamp();
        var before = GC.GetTotalMemory(true);
        await book.FollowAsync(database, TimeProvider.System);
        report.Section($"Restricted users at {Stage.Records:N0} records, 10,000 users and 1,000,002 grants, {name}", [.. new[] { "question", "administrator ms" }, .. s_users.Select(u => $"{u.Name}, x")]);
        var rights = new Rights(false, book, []);
        var table = database.Find("items")!;
        var tables = s_users.Select(u => u.User).Prepend(new User("administrator", Role.Administrator)).Select(u => PermittedTable.Of(table, rights, u) ?? throw new InvalidOperationException($"{u.Name}: {rights.Decide(u, table.Schema, TableAction.View).Reason}")).ToArray();
        var load = $"Grants were loaded in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s and take {(GC.GetTotalMemory(true) - before) / 1e6:0} MB.";
        var worst = 0.0;
        foreach (var (label, ask) in Questions())
        {
            var times = await Timing.InTurnsAsync(Rounds, [.. tables.Select(t => (Func<Task>)(() => ask(t)))]);
            var ratios = times.Skip(1).Select(t => t / times[0]).ToList();
            worst = Math.Max(worst, ratios.Max());
            report.Row([label, times[0] * 1000, .. ratios.Select(r => (object)r)]);
        }

        report.Say(load);
        report.AtMost($"The dearest question of a restricted user, beside an administrator's, {name}", worst, 1.3, "x");
        var deciding = await Timing.InTurnsAsync(Rounds, () => Explain(rights, table, s_users[1].User));
        report.AtMost($"Explaining a record's right, {name}", deciding[0] * 1000, 50, "ms");
    }

    private static async Task Explain(Rights rights, ITable table, User user)
    {
        var record = await table.GetAsync(new Records.RecordKey(4242L));
        _ = rights.Explain(user, table.Schema, TableAction.Change, record, "price");
    }

    private static IEnumerable<(string Label, Func<ITable, Task> Ask)> Questions()
    {
        yield return ("list, first page by key", t => t.QueryAsync(new Query()));
        yield return ("list by an indexed name", t => t.QueryAsync(new Query { Order = [new Order("name")] }));
        yield return ("list by a field without index", t => t.QueryAsync(new Query { Order = [new Order("price")] }));
        yield return ("count", t => t.CountAsync(Filter.All));
        yield return ("search", t => t.QueryAsync(new Query { Filter = new Filter.Match("name", MatchOperator.Contains, "4242", true) }));
        yield return ("count of a search", t => t.CountAsync(new Filter.Match("name", MatchOperator.Contains, "4242", true)));
        yield return ("export of 20,000 records", t => ExportAsync(t, 20));
        yield return ("bulk selection: count of price > 50", t => t.CountAsync(new Filter.Compare("price", CompareOperator.Greater, 50m)));
    }

    private static async Task ExportAsync(ITable table, int pages)
    {
        string? after = null;
        for (var i = 0; i < pages; i++)
        {
            var page = await table.QueryAsync(new Query { First = 1_000, After = after });
            if ((after = page.Next) is null)
            {
                return;
            }
        }
    }
}
