using System.Threading.Channels;
using Tandem.Leases;

namespace Tandem.Web.Tests.Live.Leases;

/// <summary>A store whose updates come when the test says so.</summary>
internal sealed class LateLeases(ILeaseStore inner) : ILeaseStore
{
    private readonly Channel<LeaseUpdate> _updates = Channel.CreateUnbounded<LeaseUpdate>();

    public void Tell(LeaseUpdate update) => _updates.Writer.TryWrite(update);

    public IAsyncEnumerable<LeaseUpdate> WatchAsync(CancellationToken cancellationToken = default) => _updates.Reader.ReadAllAsync(cancellationToken);

    public Task<LeaseResult> AcquireAsync(string resource, string owner, TimeSpan duration, CancellationToken cancellationToken = default) =>
        inner.AcquireAsync(resource, owner, duration, cancellationToken);

    public Task<LeaseResult> RenewAsync(Lease lease, TimeSpan duration, CancellationToken cancellationToken = default) => inner.RenewAsync(lease, duration, cancellationToken);

    public Task<bool> ReleaseAsync(Lease lease, CancellationToken cancellationToken = default) => inner.ReleaseAsync(lease, cancellationToken);

    public Task<LeaseResult> TakeOverAsync(string resource, string owner, TimeSpan duration, CancellationToken cancellationToken = default) =>
        inner.TakeOverAsync(resource, owner, duration, cancellationToken);

    public Task<Lease?> FindAsync(string resource, CancellationToken cancellationToken = default) => inner.FindAsync(resource, cancellationToken);
}
