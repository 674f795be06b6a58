namespace Tandem.Leases;

/// <summary>A write was to happen under a lease that is not held any more; nothing was written.</summary>
/// <param name="resource">What was leased.</param>
public sealed class LeaseLostException(string resource)
    : TandemException($"The lease of '{resource}' is not held any more, so nothing was written. Take it again and look at what changed meanwhile.")
{
    /// <summary>What was leased.</summary>
    public string Resource { get; } = resource;
}
