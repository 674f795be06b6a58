namespace Tandem.Changes;

/// <summary>How much of a journal is kept. Where both limits are given, an entry beyond either goes.</summary>
public sealed record JournalRetention
{
    /// <summary>How long entries are kept. Default: null, for ever.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>How many of the newest entries are kept. Default: null, all.</summary>
    public long? Entries { get; init; }
}
