namespace Tandem.Simulator;

/// <summary>
/// <c>Tandem.Simulator --seeds 2000 [--from 1]</c> runs that many histories; <c>--seed 17 [--verbose]</c> one of them. Prints the broken
/// invariant and how it came about, and then answers with 1.
/// </summary>
internal static class Program
{
    private const int LastLines = 60;

    public static async Task<int> Main(string[] arguments)
    {
        ThreadPool.GetMaxThreads(out var workers, out _);
        if (workers != 1)
        {
            await Console.Error.WriteLineAsync($"A history is one only with one worker, but there are {workers}. Start the program with its own runtimeconfig.json.");
            return 2;
        }

        int? Number(string name) => Array.IndexOf(arguments, name) is var at and >= 0 && at + 1 < arguments.Length ? int.Parse(arguments[at + 1], System.Globalization.CultureInfo.InvariantCulture) : null;
        var isVerbose = arguments.Contains("--verbose");
        var from = Number("--seed") ?? Number("--from") ?? 1;
        var count = Number("--seed") is not null ? Number("--times") ?? 1 : Number("--seeds") ?? 2_000;
        // The main thread only waits: all that happens does so on the one worker.
        return await Task.Run(async () =>
        {
            for (var i = 0; i < count; i++)
            {
                var seed = Number("--seed") ?? from + i;
                if (!await RunAsync(seed, isVerbose, Number("--seed") is not null || isVerbose))
                {
                    return 1;
                }
            }

            Console.WriteLine($"{count} histories from {from}: all is well");
            return 0;
        });
    }

    private static async Task<bool> RunAsync(int seed, bool isVerbose, bool tellsDigest)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"tandem-simulator-{Environment.ProcessId}")).FullName;
        using var world = new World(seed, folder);
        try
        {
            await world.RunAsync();
            if (isVerbose)
            {
                world.History.Lines.ForEach(Console.WriteLine);
            }

            if (tellsDigest)
            {
                Console.WriteLine($"seed {seed}: {world.History.Lines.Count} lines, digest {world.History.Digest}");
            }

            return true;
        }
        catch (Exception e)
        {
            foreach (var line in isVerbose ? world.History.Lines : world.History.Lines.TakeLast(LastLines))
            {
                Console.WriteLine(line);
            }

            Console.WriteLine($"seed {seed} broke: {(e is BrokenInvariantException ? e.Message : e)}");
            Console.WriteLine($"digest {world.History.Digest}; see it all with --seed {seed} --verbose");
            return false;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
