using Tandem.Live;
using Tandem.Live.Disk;
using Tandem.Live.Queueing;
using Tandem.Simulator.Scheduling;

namespace Tandem.Simulator.Nodes;

/// <summary>What kind of node it is, drawn once for all its lives.</summary>
internal sealed record NodeOptions(string Name, bool IsFull, bool IsKept, bool HasQueue, int BatchSize, bool Lingers, bool Reconciles, int MaxEntries)
{
    public static NodeOptions Draw(int number, Schedule schedule)
    {
        var isFull = schedule.Chance(50);
        return new(
            $"n{number}", isFull, isFull && schedule.Chance(70), schedule.Chance(40), schedule.Random.Next(1, 5), schedule.Chance(30), schedule.Chance(50), schedule.Random.Next(2, 12));
    }

    public LiveTableOptions ForItems(Disk disk, TimeProvider clock) => new()
    {
        Mode = IsFull ? LiveTableMode.Full : LiveTableMode.Bounded,
        MaxEntries = MaxEntries,
        TimeToLive = TimeSpan.FromSeconds(20),
        Store = IsKept ? new FileRecordStore(disk.Cache) : null,
        ReconcileOnStart = Reconciles,
        WriteBehind = HasQueue ? new WriteBehindOptions { Path = disk.Queue, BatchSize = BatchSize, Linger = Lingers ? TimeSpan.FromMilliseconds(100) : TimeSpan.Zero, MaxQueued = 4 } : null,
        QueueLimit = 2,
        Clock = clock,
    };

    public LiveTableOptions ForParts(TimeProvider clock) => new() { Mode = IsFull ? LiveTableMode.Bounded : LiveTableMode.Full, MaxEntries = 8, Clock = clock };
}
