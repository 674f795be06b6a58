using System.Diagnostics;

namespace Tandem.Bench;

/// <summary>Measures an action again and again, in turns with its peers, so that a slow minute of the machine hits all alike.</summary>
internal static class Timing
{
    /// <summary>Runs each action once for warming up, then <paramref name="rounds"/> times in turn.</summary>
    /// <returns>The median seconds of each.</returns>
    public static async Task<double[]> InTurnsAsync(int rounds, params Func<Task>[] actions)
    {
        foreach (var action in actions)
        {
            await action();
        }

        var times = actions.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < actions.Length; i++)
            {
                // Frames of the last contender may still be on this stack and hold what it made.
                await Task.Yield();
                GC.Collect();
                var started = Stopwatch.GetTimestamp();
                await actions[i]();
                times[i].Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
            }
        }

        return [.. times.Select(Median)];
    }

    public static double Median(List<double> values) => Quantile(values, 0.5);

    public static double Quantile(List<double> values, double quantile)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)Math.Min(sorted.Count - 1, quantile * sorted.Count)];
    }
}
