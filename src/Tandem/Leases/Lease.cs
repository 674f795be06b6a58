using Tandem.Tables;

namespace Tandem.Leases;

/// <summary>A lock with an owner, an end and a fencing token. Immutable: a renewed lease is another one.</summary>
/// <param name="Resource">What is leased.</param>
/// <param name="Owner">Who holds it.</param>
/// <param name="Token">The fencing token: a larger one for every new holder.</param>
/// <param name="Until">When it ends unless renewed.</param>
/// <param name="TakenFrom">Who held it when it was taken over; null when nobody was made to give it up.</param>
public sealed record Lease(string Resource, string Owner, long Token, DateTimeOffset Until, string? TakenFrom)
{
    /// <summary>What a write carries, so that it happens only while this lease is the resource's.</summary>
    public Fence Fence => new(Resource, Token);
}

/// <summary>What became of asking for a lease.</summary>
public abstract record LeaseResult
{
    private LeaseResult()
    {
    }

    /// <summary>The caller holds the lease.</summary>
    public sealed record Granted(Lease Lease) : LeaseResult;

    /// <summary>Somebody holds it: another owner, or the same one by another call.</summary>
    /// <param name="By">The lease as it is held.</param>
    public sealed record Held(Lease By) : LeaseResult;

    /// <summary>The lease to be renewed was given back or taken over and is held by nobody now.</summary>
    public sealed record Lost : LeaseResult;
}
