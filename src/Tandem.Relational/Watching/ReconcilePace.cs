namespace Tandem.Relational.Watching;

/// <summary>Keeps reconciling from taking more than a fifth of the time: after one that took long, the next one waits.</summary>
internal sealed class ReconcilePace(TimeProvider clock)
{
    private const int RestPerWork = 4;
    private static readonly TimeSpan s_longestRest = TimeSpan.FromSeconds(1.5);
    private long _endedAt;
    private TimeSpan _rest;

    /// <summary>Whether the rest after the last reconcile is over.</summary>
    public bool IsDue => _rest == TimeSpan.Zero || clock.GetElapsedTime(_endedAt) >= _rest;

    /// <summary>Measures a reconcile until disposed.</summary>
    public IDisposable Measure() => new Measurement(this, clock.GetTimestamp());

    private sealed class Measurement(ReconcilePace pace, long startedAt) : IDisposable
    {
        public void Dispose()
        {
            pace._endedAt = pace.Clock.GetTimestamp();
            var rest = pace.Clock.GetElapsedTime(startedAt, pace._endedAt) * RestPerWork;
            pace._rest = rest < s_longestRest ? rest : s_longestRest;
        }
    }

    private TimeProvider Clock => clock;
}
