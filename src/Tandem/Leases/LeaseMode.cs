namespace Tandem.Leases;

/// <summary>What it means that somebody is in a field of a form.</summary>
public enum LeaseMode
{
    /// <summary>Nothing; nobody is shown.</summary>
    Off,

    /// <summary>Others see who it is, and may write all the same. Saves are guarded by values in any case.</summary>
    Advisory,

    /// <summary>Others cannot write the field until the lease is given back, ends or is taken over.</summary>
    Enforced,
}
