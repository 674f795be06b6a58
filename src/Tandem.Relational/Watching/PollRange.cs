namespace Tandem.Relational.Watching;

/// <summary>How often a database may be polled.</summary>
internal static class PollRange
{
    public static readonly TimeSpan Least = TimeSpan.FromMilliseconds(10);

    /// <exception cref="ArgumentOutOfRangeException">The time is too short.</exception>
    public static void Check(TimeSpan? poll)
    {
        if (poll < Least)
        {
            throw new ArgumentOutOfRangeException(nameof(poll), poll, $"Poll must be at least {Least.TotalMilliseconds} ms.");
        }
    }
}
