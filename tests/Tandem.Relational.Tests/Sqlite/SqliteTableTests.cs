using Tandem.Live;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Relational.Tests.Sqlite;

/// <summary>The suite of tables, on SQLite.</summary>
public class SqliteTableTests : TableSpecification
{
    private SqliteFile? _file;

    protected override async Task<IDatabase> OpenAsync()
    {
        _file = await SqliteFile.CreateAsync(Shop.Sqlite);
        return await _file.OpenAsync(o => o.Refine = Shop.Refine);
    }

    protected override ValueTask CloseAsync()
    {
        _file?.Dispose();
        return ValueTask.CompletedTask;
    }
}

public sealed class SqliteFullLiveTableTests : SqliteTableTests
{
    protected override bool IsLive => true;

    protected override async Task<ITable> OverAsync(ITable source) => await LiveTable.OpenAsync(source, new LiveTableOptions { Mode = LiveTableMode.Full }, Token);
}

public sealed class SqliteBoundedLiveTableTests : SqliteTableTests
{
    protected override bool IsLive => true;

    protected override async Task<ITable> OverAsync(ITable source) => await LiveTable.OpenAsync(source, new LiveTableOptions { MaxEntries = 5 }, Token);
}
