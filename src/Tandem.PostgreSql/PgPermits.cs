using Npgsql;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Relational.Sql;
using Tandem.Relational.Tables;
using Tandem.Tables;

namespace Tandem.PostgreSql;

/// <summary>Asks for the permits of a batch's writes inside its transaction, a statement for each table and permit.</summary>
internal static class PgPermits
{
    private const int KeysPerStatement = 1_000;

    /// <summary>Those writes whose records are not ones that their permits allow, by position. The records asked for stay locked until the transaction ends.</summary>
    public static Task<HashSet<int>> OutsideBeforeAsync(NpgsqlConnection connection, IEnumerable<(int At, PgTable Table, Write Write)> writes, CancellationToken cancellationToken) =>
        OutsideAsync(connection, [.. writes.Select(w => (w.At, w.Table, Key: KeyOf(w.Write), Filter: Permits.Before(w.Write)))], " FOR UPDATE", cancellationToken);

    /// <summary>Those writes that stored what their permits do not allow, by position.</summary>
    public static Task<HashSet<int>> OutsideAfterAsync(NpgsqlConnection connection, IEnumerable<(int At, PgTable Table, Write Write, RecordKey Stored)> writes, CancellationToken cancellationToken) =>
        OutsideAsync(connection, [.. writes.Select(w => (w.At, w.Table, Key: (RecordKey?)w.Stored, Filter: Permits.After(w.Table.Schema, w.Write, w.Table.Table.ChangesItself)))], "", cancellationToken);

    private static async Task<HashSet<int>> OutsideAsync(
        NpgsqlConnection connection, IReadOnlyList<(int At, PgTable Table, RecordKey? Key, Filter? Filter)> asked, string ending, CancellationToken cancellationToken)
    {
        HashSet<int> outside = [];
        foreach (var group in asked.Where(a => a.Key is not null && a.Filter is not null).GroupBy(a => (a.Table, a.Filter!)).OrderBy(g => g.Key.Table.Schema.Name, StringComparer.Ordinal))
        {
            var map = group.Key.Table.Map.Project([]);
            foreach (var rows in group.Chunk(KeysPerStatement))
            {
                var sql = RelationalTable.ManyOf([.. rows.Select(r => r.Key!).Distinct()], map, f => FilterCompiler.Compile(group.Key.Item2, group.Key.Table.Map, PgDialect.Instance, f))
                    .Append(ending.Length == 0 ? "" : $" ORDER BY {string.Join(", ", map.KeyColumns.Select(c => c.Quoted))}{ending}");
                var among = (await PgDatabase.ReadAsync(connection, sql, r => RelationalTable.ReadRecord(r, map), cancellationToken).ConfigureAwait(false)).Select(r => r.Key).ToHashSet();
                outside.UnionWith(rows.Where(r => !among.Contains(r.Key!)).Select(r => r.At));
            }
        }

        return outside;
    }

    private static RecordKey? KeyOf(Write write) => write switch
    {
        Write.Update update => update.Key,
        Write.Delete delete => delete.Key,
        _ => null,
    };
}
