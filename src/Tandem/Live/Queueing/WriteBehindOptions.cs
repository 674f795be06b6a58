namespace Tandem.Live.Queueing;

/// <summary>How a live table queues writes.</summary>
public sealed class WriteBehindOptions
{
    /// <summary>A file that keeps queued writes until they are settled, so that they outlive the process and the machine's power. Default: null, for memory alone.</summary>
    public string? Path { get; set; }

    /// <summary>How many queued writes are sent to the source as one transaction at most. Default: 100. 1 sends each on its own.</summary>
    public int BatchSize { get; set; } = 100;

    /// <summary>How long a write waits for others to join its batch. Default: nothing; what queues up while a batch is under way makes the next.</summary>
    public TimeSpan Linger { get; set; }

    /// <summary>How many writes may wait; adding another then waits for room. Default: 10,000.</summary>
    public int MaxQueued { get; set; } = 10_000;
}
