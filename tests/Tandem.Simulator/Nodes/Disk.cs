using System.Buffers.Binary;
using Tandem.Simulator.Scheduling;

namespace Tandem.Simulator.Nodes;

/// <summary>A node's folder. A crash leaves what was written; a power cut takes, from the end, what was not made sure of, and may garble it.</summary>
internal sealed class Disk(string root, string node)
{
    private const int Header = 8;
    private const byte Settled = 4;
    private int _lives;

    public string Folder => Path.Combine(root, $"{node}-{_lives}");

    public string Cache => Path.Combine(Folder, "items.cache");

    public string Queue => Path.Combine(Folder, "items.queue");

    /// <summary>Leaves the files to the next life of the node.</summary>
    public void Crash(Schedule schedule, bool isPowerCut)
    {
        var (cache, queue) = (Cache, Queue);
        _lives++;
        Directory.CreateDirectory(Folder);
        if (File.Exists(cache))
        {
            var content = File.ReadAllBytes(cache);
            File.WriteAllBytes(Cache, isPowerCut ? Garbled(content, schedule.Random.Next(content.Length + 1), schedule) : content);
        }

        if (File.Exists(queue))
        {
            var content = File.ReadAllBytes(queue);
            File.WriteAllBytes(Queue, isPowerCut ? Garbled(content, schedule.Random.Next(Sure(content), content.Length + 1), schedule) : content);
        }
    }

    /// <summary>What is left up to a place, and sometimes what a torn sector holds after it.</summary>
    private static byte[] Garbled(byte[] content, int at, Schedule schedule)
    {
        if (at == content.Length || schedule.Chance(50))
        {
            return content[..at];
        }

        content = [.. content];
        content[at] ^= (byte)(1 << schedule.Random.Next(8));
        return content;
    }

    /// <summary>The end of the last queued write: everything up to there was made sure of before it counted as queued.</summary>
    private static int Sure(byte[] log)
    {
        var sure = 0;
        for (var at = 0; at + Header < log.Length;)
        {
            var next = at + Header + BinaryPrimitives.ReadInt32LittleEndian(log.AsSpan(at));
            sure = log[at + Header] == Settled ? sure : next;
            at = next;
        }

        return sure;
    }
}
