using System.Buffers;
using System.Text;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Web.SignIn.Accounts;

/// <summary>
/// The tables that tell who may sign in. Where the database takes no writes, what is added lives in tables in memory beside its own and
/// ends with the process. Safe from any thread.
/// </summary>
internal sealed class AccountTables
{
    /// <summary>The tables' short names, in the order they are read.</summary>
    public static readonly IReadOnlyList<string> Names = [SystemTables.UsersName, SystemTables.GroupsName, SystemTables.MembersName, SystemTables.TokensName];

    private readonly IDatabase _database;
    private readonly IDatabase? _beside;

    public AccountTables(IDatabase database, TimeProvider clock)
    {
        _database = database;
        // Databases that are no Tandem's own, and those opened to be read only, have no place for accounts.
        _beside = database.IsReadOnly || database.FindSystem(SystemTables.TokensName) is null ? new MemoryDatabase(clock) : null;
    }

    /// <summary>The database's own table, or null where it has none.</summary>
    public ITable? Kept(string name) => _database.FindSystem(name);

    /// <summary>Where writes go.</summary>
    public IDatabase Writable => _beside ?? _database;

    public ITable WritableTable(string name) => Writable.FindSystem(name)!;

    /// <summary>A record, and whether the database keeps it for good.</summary>
    public async ValueTask<(Record? Record, bool IsKept)> GetAsync(string name, RecordKey key, CancellationToken cancellationToken)
    {
        // Keys come from addresses and forms; what no database could hold is not there.
        if (!key.Values.ToArray().All(IsStorable))
        {
            return (null, false);
        }

        if (Kept(name) is { } kept && await kept.GetAsync(key, cancellationToken) is { } record)
        {
            return (record, true);
        }

        return _beside is null ? (null, false) : (await _beside.FindSystem(name)!.GetAsync(key, cancellationToken), false);
    }

    /// <summary>Whether a record can be neither changed nor removed, since the database that holds it takes no writes.</summary>
    public async ValueTask<bool> IsFrozenAsync(string name, RecordKey key, CancellationToken cancellationToken) =>
        _beside is not null && Kept(name) is { } kept && await kept.GetAsync(key, cancellationToken) is not null;

    /// <summary>Whether every database can hold a value: texts have no null character and are valid Unicode.</summary>
    public static bool IsStorable(object? value)
    {
        for (var rest = (value as string).AsSpan(); rest.Length > 0;)
        {
            if (rest[0] == '\0' || Rune.DecodeFromUtf16(rest, out _, out var used) != OperationStatus.Done)
            {
                return false;
            }

            rest = rest[used..];
        }

        return true;
    }

    /// <summary>Every record of a filter.</summary>
    public async Task<List<(Record Record, bool IsKept)>> AllAsync(string name, Filter filter, CancellationToken cancellationToken)
    {
        List<(Record, bool)> all = [];
        foreach (var (table, isKept) in new[] { (Kept(name), true), (_beside?.FindSystem(name), false) })
        {
            string? after = null;
            while (table is not null)
            {
                var page = await table.QueryAsync(new Query { Filter = filter, First = 1000, After = after }, cancellationToken);
                all.AddRange(page.Records.Select(r => (r, isKept)));
                if ((after = page.Next) is null)
                {
                    break;
                }
            }
        }

        return all;
    }
}
