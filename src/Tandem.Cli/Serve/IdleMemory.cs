using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;

namespace Tandem.Cli.Serve;

/// <summary>Gives memory back to the machine when nobody has asked for anything for a while; the runtime itself only does so under pressure.</summary>
internal sealed class IdleMemory(TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(10);
    private const long WorthIt = 16_000_000;

    private long _askedAt = clock.GetTimestamp();
    private long _leftAt;

    /// <summary>Notes each request.</summary>
    public void Watch(IApplicationBuilder app) => app.Use((context, next) =>
    {
        Volatile.Write(ref _askedAt, clock.GetTimestamp());
        return next(context);
    });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_look, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (clock.GetElapsedTime(Volatile.Read(ref _askedAt)) < s_quiet || Resident() < _leftAt + WorthIt)
            {
                continue;
            }

            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            _leftAt = Resident();
        }
    }

    private static long Resident()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
