using Tandem.Specification.Leases;
using Tandem.Specification.Tables;
using Tandem.Tables;

namespace Tandem.Tests.Leases;

/// <summary>The suite of leases, in memory.</summary>
public sealed class MemoryLeaseTests : LeaseSpecification
{
    protected override Task<IDatabase> OpenAsync() => Task.FromResult<IDatabase>(Shop.InMemory());
}
