using Tandem.Live;
using Tandem.PostgreSql;
using Tandem.Specification.Servers;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Relational.Tests.PostgreSql;

/// <summary>The suite of tables, on PostgreSQL.</summary>
public class PgTableTests : TableSpecification
{
    protected override async Task<IDatabase> OpenAsync()
    {
        var server = await PgServer.LogicalAsync();
        return await PgDatabase.OpenAsync(await server.CreateDatabaseAsync(Shop.PostgreSql, Token), new PgOptions { Refine = Shop.Refine }, null, Token);
    }
}

public sealed class PgFullLiveTableTests : PgTableTests
{
    protected override bool IsLive => true;

    protected override async Task<ITable> OverAsync(ITable source) => await LiveTable.OpenAsync(source, new LiveTableOptions { Mode = LiveTableMode.Full }, Token);
}

public sealed class PgBoundedLiveTableTests : PgTableTests
{
    protected override bool IsLive => true;

    protected override async Task<ITable> OverAsync(ITable source) => await LiveTable.OpenAsync(source, new LiveTableOptions { MaxEntries = 5 }, Token);
}
