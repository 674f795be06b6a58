using Tandem.PostgreSql;
using Tandem.Relational.Tests.Sqlite;
using Tandem.Specification.Activating;
using Tandem.Specification.Servers;
using Tandem.Tables;

namespace Tandem.Relational.Tests.Activating;

/// <summary>Records that time turns, on SQLite: two connections to one file.</summary>
public sealed class SqliteActivationTests : ActivationSpecification
{
    private SqliteFile? _file;

    protected override async Task<IDatabase> OpenAsync(TandemOptions options) => await (await FileAsync()).OpenAsync(o => o.RefineBy(options));

    protected override async Task ElsewhereAsync(string sql) => await (await FileAsync()).ExecuteAsync(sql);

    protected override void Close() => _file?.Dispose();

    private async Task<SqliteFile> FileAsync() => _file ??= await SqliteFile.CreateAsync(Sqlite);
}

/// <summary>Records that time turns, on PostgreSQL: two nodes on one database.</summary>
public sealed class PgActivationTests : ActivationSpecification
{
    private string? _address;

    protected override async Task<IDatabase> OpenAsync(TandemOptions options)
    {
        var postgres = new PgOptions();
        postgres.RefineBy(options);
        return await PgDatabase.OpenAsync(await AddressAsync(), postgres, null, Token);
    }

    protected override async Task ElsewhereAsync(string sql) => await PgServer.ExecuteAsync(await AddressAsync(), sql, Token);

    private async Task<string> AddressAsync() => _address ??= await (await PgServer.LogicalAsync()).CreateDatabaseAsync(PostgreSql, Token);
}
