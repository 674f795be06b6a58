namespace Tandem.Leases;

/// <summary>What happened to leases. Immutable.</summary>
/// <param name="IsWhole">Whether <paramref name="Held"/> is everything that is held: the first update, and again after a gap.</param>
/// <param name="Held">Leases that were granted, renewed or taken over, as they are now.</param>
/// <param name="Released">Resources that were given back. A lease that merely ends by its time is told by <see cref="Lease.Until"/>, not here.</param>
public sealed record LeaseUpdate(bool IsWhole, IReadOnlyList<Lease> Held, IReadOnlyList<string> Released);
