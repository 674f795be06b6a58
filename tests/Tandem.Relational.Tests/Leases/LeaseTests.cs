using Tandem.PostgreSql;
using Tandem.Relational.Tests.Sqlite;
using Tandem.Specification.Leases;
using Tandem.Specification.Servers;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Relational.Tests.Leases;

/// <summary>The suite of leases, on SQLite: two connections to one file.</summary>
public sealed class SqliteLeaseTests : LeaseSpecification
{
    private SqliteFile? _file;

    protected override async Task<IDatabase> OpenAsync()
    {
        _file = await SqliteFile.CreateAsync(Shop.Sqlite);
        return await _file.OpenAsync();
    }

    protected override async Task<IDatabase> JoinAsync(IDatabase first) => await _file!.OpenAsync();

    protected override ValueTask CloseAsync()
    {
        _file?.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>The suite of leases, on PostgreSQL: two nodes on one database.</summary>
public sealed class PgLeaseTests : LeaseSpecification
{
    private string _address = "";

    protected override async Task<IDatabase> OpenAsync()
    {
        var server = await PgServer.LogicalAsync();
        _address = await server.CreateDatabaseAsync(Shop.PostgreSql, Token);
        return await PgDatabase.OpenAsync(_address, null, null, Token);
    }

    protected override async Task<IDatabase> JoinAsync(IDatabase first) => await PgDatabase.OpenAsync(_address, null, null, Token);
}
