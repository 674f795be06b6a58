using System.Globalization;

namespace Tandem.Tests.Simulation;

/// <summary>Live tables and edits in simulated worlds. TANDEM_SEEDS sets how many; one that broke is seen again by <c>Tandem.Simulator --seed N --verbose</c>.</summary>
public class SimulatorTests
{
    private const int Seeds = 2_000;

    [Fact]
    public async Task Histories_OfManySeeds_KeepWhatTheyPromise()
    {
        var seeds = int.TryParse(Environment.GetEnvironmentVariable("TANDEM_SEEDS"), CultureInfo.InvariantCulture, out var asked) ? asked : Seeds;
        var half = (seeds + 1) / 2;
        var runs = await Task.WhenAll(
            SimulatorRun.StartAsync("--seeds", half, "--from", 1),
            SimulatorRun.StartAsync("--seeds", seeds - half, "--from", half + 1));
        Assert.All(runs, r => Assert.True(r.Code == 0, r.Output));
        Assert.All(runs, r => Assert.Contains("all is well", r.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Seed_RunTwiceInOneProcessAndAgainInAnother_IsOneHistory()
    {
        string[] digests = await DigestsAsync(17, 2);
        Assert.Equal(2, digests.Length);
        Assert.Single([.. digests.Concat(await DigestsAsync(17, 1)).Distinct()]);
        Assert.NotEqual(digests[0], (await DigestsAsync(18, 1))[0]);
    }

    private static async Task<string[]> DigestsAsync(int seed, int times)
    {
        var (code, output) = await SimulatorRun.StartAsync("--seed", seed, "--times", times);
        Assert.True(code == 0, output);
        return [.. output.Split('\n').Where(l => l.StartsWith("seed ", StringComparison.Ordinal))];
    }
}
