using Tandem.Tables;

namespace Tandem.Leases;

/// <summary>
/// Leases that every node sees alike. Time is the store's clock; a lease that ended is nobody's, though its holder may still
/// renew it until somebody else takes it. Safe from any thread and any node.
/// </summary>
public interface ILeaseStore
{
    /// <summary>Takes a lease that nobody holds. Not reentrant: the same owner asking twice is told that it is held.</summary>
    /// <param name="resource">What is leased: any text, compared exactly.</param>
    /// <param name="owner">Who asks, as others see it.</param>
    /// <param name="duration">How long it is held unless renewed.</param>
    /// <param name="cancellationToken">Ends the wait; a lease that was granted all the same ends by itself.</param>
    /// <returns><see cref="LeaseResult.Granted"/> or <see cref="LeaseResult.Held"/>.</returns>
    /// <exception cref="ArgumentException">The resource or owner is empty, or the duration not positive.</exception>
    /// <exception cref="DatabaseUnavailableException">The store cannot be reached.</exception>
    Task<LeaseResult> AcquireAsync(string resource, string owner, TimeSpan duration, CancellationToken cancellationToken = default);

    /// <summary>Moves a lease's end to a duration from now; never to an earlier time than it has.</summary>
    /// <returns><see cref="LeaseResult.Granted"/> with the renewed lease; <see cref="LeaseResult.Held"/> when another holder has it, <see cref="LeaseResult.Lost"/> when nobody has.</returns>
    Task<LeaseResult> RenewAsync(Lease lease, TimeSpan duration, CancellationToken cancellationToken = default);

    /// <summary>Gives a lease back.</summary>
    /// <returns>Whether it was still the caller's.</returns>
    Task<bool> ReleaseAsync(Lease lease, CancellationToken cancellationToken = default);

    /// <summary>Takes a lease whoever holds it. The former holder's writes are refused from now on, and the new lease tells whom it was taken from.</summary>
    /// <returns>The lease, in a <see cref="LeaseResult.Granted"/>; <see cref="LeaseResult.Held"/> only when others keep taking it at the same time.</returns>
    Task<LeaseResult> TakeOverAsync(string resource, string owner, TimeSpan duration, CancellationToken cancellationToken = default);

    /// <summary>Who holds a lease.</summary>
    /// <returns>The lease, or null when nobody does.</returns>
    Task<Lease?> FindAsync(string resource, CancellationToken cancellationToken = default);

    /// <summary>Follows all leases: everything that is held now, then what happens to it on any node.</summary>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>Updates until cancelled. Each is true when it is told; those of one lease come in order.</returns>
    /// <exception cref="DatabaseUnavailableException">The store cannot be reached; follow it again.</exception>
    IAsyncEnumerable<LeaseUpdate> WatchAsync(CancellationToken cancellationToken = default);
}
