using Tandem.PostgreSql;
using Tandem.Relational.Tests.Sqlite;
using Tandem.Specification.Servers;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Relational.Tests.Accounts;

/// <summary>The suite of accounts, in memory: two stores on one database.</summary>
public sealed class MemoryAccountTests : AccountSpecification
{
    protected override Task<IDatabase> OpenAsync() => Task.FromResult<IDatabase>(new MemoryDatabase());

    protected override Task<IDatabase> JoinAsync(IDatabase first) => Task.FromResult(first);
}

/// <summary>The suite of accounts, on SQLite: two connections to one file.</summary>
public sealed class SqliteAccountTests : AccountSpecification
{
    private SqliteFile? _file;

    protected override async Task<IDatabase> OpenAsync()
    {
        _file = await SqliteFile.CreateAsync(Shop.Sqlite);
        return await _file.OpenAsync();
    }

    protected override async Task<IDatabase> JoinAsync(IDatabase first) => await _file!.OpenAsync();

    protected override void Close() => _file?.Dispose();
}

/// <summary>The suite of accounts, on PostgreSQL: two nodes on one database.</summary>
public sealed class PgAccountTests : AccountSpecification
{
    private string _address = "";

    protected override async Task<IDatabase> OpenAsync()
    {
        _address = await (await PgServer.LogicalAsync()).CreateDatabaseAsync(Shop.PostgreSql, Token);
        return await PgDatabase.OpenAsync(_address, null, null, Token);
    }

    protected override async Task<IDatabase> JoinAsync(IDatabase first) => await PgDatabase.OpenAsync(_address, null, null, Token);
}
