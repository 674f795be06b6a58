using Tandem.Querying;

namespace Tandem.Activating;

/// <summary>How the records of a table are active or inactive: the names of the fields that decide it. Immutable and safe to share between threads.</summary>
/// <remarks>
/// <see cref="Active"/> is what everything goes by: queries, lists, other programs. Where there is nothing else it is set by people. With a switch, a window or a
/// mask people set those, and Tandem keeps <see cref="Active"/> up.
/// </remarks>
/// <param name="Active">The stored yes or no. Null in it counts as inactive.</param>
/// <param name="Switch">A yes or no: whether the record is wanted at all. Null for no such field.</param>
/// <param name="From">From when on: a date, a date and time or an instant; empty for ever since. Null for no such field.</param>
/// <param name="Until">Until when: an instant or time that no longer counts, or the last day; empty for ever. Null for no such field.</param>
/// <param name="Mask">At which times of the week, as <see cref="WeekMask"/> reads it. Null for no such field.</param>
public sealed record Activation(string Active, string? Switch = null, string? From = null, string? Until = null, string? Mask = null)
{
    /// <summary>In which time zone dates, times without a zone and masks are meant. Default: UTC.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Whether Tandem keeps <see cref="Active"/> up from other fields, so that nobody sets it.</summary>
    public bool IsKept => IsKeptElsewhere || Switch is not null || From is not null || Until is not null || Mask is not null;

    /// <summary>The fields, those that are there.</summary>
    public IReadOnlyList<string> Fields => [.. new[] { Active, Switch, From, Until, Mask }.OfType<string>()];

    /// <summary>The records that are active.</summary>
    public Filter IsActive => Filter.Eq(Active, true);

    /// <summary>The records that are not.</summary>
    public Filter IsInactive => new Filter.Not(IsActive);

    /// <summary>Whether it is kept up from fields that are not seen here.</summary>
    private bool IsKeptElsewhere { get; init; }

    /// <summary>The fields that a write may be asked about, as somebody sees them who sees only some; null for whoever cannot see which records are active.</summary>
    internal Activation? Within(Func<string, bool> isSeen)
    {
        string? Seen(string? field) => field is not null && isSeen(field) ? field : null;
        return isSeen(Active) ? this with { Switch = Seen(Switch), From = Seen(From), Until = Seen(Until), Mask = Seen(Mask), IsKeptElsewhere = IsKept } : null;
    }
}
