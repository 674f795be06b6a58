namespace Tandem.Live;

/// <summary>How a live table keeps records.</summary>
public sealed class LiveTableOptions
{
    /// <summary>What is kept. Default: <see cref="LiveTableMode.Bounded"/>.</summary>
    public LiveTableMode Mode { get; set; } = LiveTableMode.Bounded;

    /// <summary>How many records a bounded table keeps at most; the least recently used go first. Default: 10,000. Without effect in full mode.</summary>
    public int MaxEntries { get; set; } = 10_000;

    /// <summary>How long a bounded table keeps a record that is not read. Default: 10 minutes. Without effect in full mode.</summary>
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Tells the time. Default: the system's clock.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;
}

/// <summary>What a live table keeps in memory.</summary>
public enum LiveTableMode
{
    /// <summary>Recently used records, within a stated budget; queries go to the source.</summary>
    Bounded,

    /// <summary>Every record; reads and queries never leave memory.</summary>
    Full,
}
