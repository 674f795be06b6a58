namespace Tandem.Simulator.Scheduling;

/// <summary>A clock that stands still until the world moves it, from one timer to the next.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private static readonly long s_start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).Ticks;
    private readonly List<Timer> _timers = [];
    private long _ticks = s_start;
    private long _created;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public TimeSpan Elapsed => TimeSpan.FromTicks(_ticks - s_start);

    /// <summary>Whether somebody waits for a moment; timers that only repeat do not count.</summary>
    public bool IsAwaited => _timers.Exists(t => t is { IsOnce: true, Due: < long.MaxValue });

    public override DateTimeOffset GetUtcNow() => new(_ticks, TimeSpan.Zero);

    public override long GetTimestamp() => _ticks;

    /// <summary>Moves on to the next timer and fires it.</summary>
    public void Advance()
    {
        var next = _timers.Where(t => t.Due < long.MaxValue).OrderBy(t => t.Due).ThenBy(t => t.Number).FirstOrDefault();
        if (next is not null)
        {
            _ticks = Math.Max(_ticks, next.Due);
            next.Fire();
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state, _created++);
        timer.Change(dueTime, period);
        _timers.Add(timer);
        return timer;
    }

    private sealed class Timer(VirtualTime time, TimerCallback callback, object? state, long number) : ITimer
    {
        private TimeSpan _period;

        public long Number => number;

        public long Due { get; private set; } = long.MaxValue;

        public bool IsOnce => _period <= TimeSpan.Zero;

        public void Fire()
        {
            Due = IsOnce ? long.MaxValue : Due + _period.Ticks;
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            Due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : time._ticks + dueTime.Ticks;
            return true;
        }

        public void Dispose() => time._timers.Remove(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
