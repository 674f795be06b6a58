using Tandem.Live;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Tests.Tables;

/// <summary>The suite of tables, in memory.</summary>
public class MemoryTableTests : TableSpecification
{
    protected override bool ChecksReferences => false;

    protected override Task<IDatabase> OpenAsync() => Task.FromResult<IDatabase>(Shop.InMemory());
}

public sealed class MemoryFullLiveTableTests : MemoryTableTests
{
    protected override bool IsLive => true;

    protected override async Task<ITable> OverAsync(ITable source) => await LiveTable.OpenAsync(source, new LiveTableOptions { Mode = LiveTableMode.Full }, Token);
}

public sealed class MemoryBoundedLiveTableTests : MemoryTableTests
{
    protected override bool IsLive => true;

    protected override async Task<ITable> OverAsync(ITable source) => await LiveTable.OpenAsync(source, new LiveTableOptions { MaxEntries = 5 }, Token);
}
