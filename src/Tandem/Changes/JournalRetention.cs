namespace Tandem.Changes;

/// <summary>How much of a journal is kept. Where both limits are given, an entry beyond either goes.</summary>
public sealed record JournalRetention
{
    /// <summary>How long entries are kept. Default: null, for ever.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not longer than nothing.</exception>
    public TimeSpan? Age
    {
        get;
        init => field = value is null || value > TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "An age must be longer than nothing; leave it out to keep entries for ever.");
    }

    /// <summary>How many of the newest entries are kept. Default: null, all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public long? Entries
    {
        get;
        init => field = value is null or >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A number of entries cannot be negative; leave it out to keep all.");
    }
}
