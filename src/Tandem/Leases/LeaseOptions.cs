using Tandem.Tables;

namespace Tandem.Leases;

/// <summary>How forms use leases.</summary>
public sealed class LeaseOptions
{
    private readonly Dictionary<(string Table, string? Field), LeaseMode> _modes = [];

    /// <summary>What being in a field means where no table or field says otherwise. Default: <see cref="LeaseMode.Advisory"/>.</summary>
    public LeaseMode Mode { get; set; } = LeaseMode.Advisory;

    /// <summary>How long a lease is held without a sign of life of its page's connection. It is renewed every third of it. Default: 15 seconds; at least 3.</summary>
    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Opens the store. Default: the database's own leases table, so that all nodes see the same; tables in memory where the database takes no writes.</summary>
    public Func<IServiceProvider, IDatabase, ILeaseStore>? Store { get; set; }

    /// <summary>Says what being in a table's fields means.</summary>
    /// <param name="table">The table.</param>
    /// <param name="mode">The mode.</param>
    public LeaseOptions Table(string table, LeaseMode mode)
    {
        _modes[(table, null)] = mode;
        return this;
    }

    /// <summary>Says what being in one field means; it beats what is said of its table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="field">The field.</param>
    /// <param name="mode">The mode.</param>
    public LeaseOptions Field(string table, string field, LeaseMode mode)
    {
        _modes[(table, field)] = mode;
        return this;
    }

    /// <summary>What being in a field means.</summary>
    public LeaseMode ModeOf(string table, string field) =>
        _modes.TryGetValue((table, field), out var mode) || _modes.TryGetValue((table, null), out mode) ? mode : Mode;

    /// <exception cref="ArgumentException">An option cannot be.</exception>
    internal void Check()
    {
        if (Duration < TimeSpan.FromSeconds(3) || Duration > TimeSpan.FromHours(1))
        {
            throw new ArgumentException($"{nameof(TandemOptions.Leases)}.{nameof(Duration)} must be from 3 seconds to an hour, but is {Duration}.");
        }
    }
}
