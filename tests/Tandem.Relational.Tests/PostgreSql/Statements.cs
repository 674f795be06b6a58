using System.Diagnostics;

namespace Tandem.Relational.Tests.PostgreSql;

/// <summary>The statements that one piece of work sends to the server. Every command of this process comes by; the work's own are told by what they belong to.</summary>
internal sealed class Statements : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<string> _seen = [];
    private readonly ActivityListener _listener;
    private readonly Activity _work;

    public Statements()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = Keep,
        };
        ActivitySource.AddActivityListener(_listener);
        _work = new Activity("work").SetIdFormat(ActivityIdFormat.W3C).Start();
    }

    public IReadOnlyList<string> Seen
    {
        get
        {
            lock (_lock)
            {
                return [.. _seen];
            }
        }
    }

    public void Dispose()
    {
        _work.Stop();
        _work.Dispose();
        _listener.Dispose();
    }

    private void Keep(Activity command)
    {
        // Other tests' statements are heard, too, before this one's work has begun.
        if (_work is { } work && command.TraceId == work.TraceId && command.TagObjects.FirstOrDefault(t => t.Key is "db.statement" or "db.query.text").Value is string sql)
        {
            lock (_lock)
            {
                _seen.Add(sql);
            }
        }
    }
}
