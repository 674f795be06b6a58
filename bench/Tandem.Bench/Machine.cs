using System.Globalization;

namespace Tandem.Bench;

/// <summary>What the machine is busy with.</summary>
internal static class Machine
{
    /// <summary>How many threads wanted to run, over the last minute; "unknown" where the system does not tell.</summary>
    public static string Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

    /// <summary>The bytes that are held, after everything else was collected.</summary>
    public static long Held()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    public static string Megabytes(long bytes) => (bytes / 1_000_000).ToString(CultureInfo.InvariantCulture);
}
