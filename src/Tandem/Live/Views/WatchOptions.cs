namespace Tandem.Live.Views;

/// <summary>What a standing query brings beside its rows.</summary>
public sealed record WatchOptions
{
    /// <summary>Whether to count the records of the filter beyond the limit. Default: false.</summary>
    public bool WithCount { get; init; }

    /// <summary>The live tables that reference fields refer to, by field: their records' labels come with the rows and are kept up. Default: none.</summary>
    public IReadOnlyDictionary<string, LiveTable> Labels { get; init; } = new Dictionary<string, LiveTable>();

    /// <summary>Neither counts nor labels.</summary>
    public static WatchOptions Default { get; } = new();
}
