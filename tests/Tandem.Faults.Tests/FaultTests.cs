using System.Collections.Concurrent;
using Tandem.Faults.Tests.Building;
using Tandem.Faults.Tests.Faults;

namespace Tandem.Faults.Tests;

/// <summary>Each deliberate bug is noticed by the suite that is there for it. A suite that runs too long has noticed too: it waits for what never comes.</summary>
public class FaultTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private readonly Compiler _compiler = new();

    private static IReadOnlyList<Fault> All { get; } = [.. SourceFaults.All, .. LiveFaults.All];

    [Fact]
    public async Task Faults_PutInOneAtATime_AreAllCaught()
    {
        var only = Environment.GetEnvironmentVariable("TANDEM_FAULT");
        Fault[] faults = [.. All.Where(f => only is null || f.Name.Contains(only, StringComparison.Ordinal))];
        var root = Directory.CreateTempSubdirectory("tandem-faults-").FullName;
        ConcurrentQueue<(string Name, string Said)> missed = new();
        try
        {
            await SoundAsync(faults, root);
            var token = TestContext.Current.CancellationToken;
            await Parallel.ForEachAsync(faults.Index(), new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = token }, async (fault, _) =>
            {
                var (code, said) = await RunAsync(fault.Item, Directory.CreateDirectory(Path.Combine(root, fault.Index.ToString(System.Globalization.CultureInfo.InvariantCulture))).FullName, token);
                TestContext.Current.TestOutputHelper?.WriteLine($"{(code == 0 ? "MISSED" : code is null ? "caught, by time" : "caught")}: {fault.Item.Name}");
                if (code == 0)
                {
                    missed.Enqueue((fault.Item.Name, said));
                }
            });
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        var score = $"{faults.Length - missed.Count} of {faults.Length} faults caught";
        Console.WriteLine(score);
        TestContext.Current.TestOutputHelper?.WriteLine(score);
        Assert.True(missed.IsEmpty, $"{score}. Missed: {string.Join("; ", missed.Select(m => m.Name))}");
    }

    [Fact]
    public void Faults_AreAtLeastTwenty_AndFitTheCode()
    {
        Assert.True(All.Count >= 20);
        Assert.Equal(All.Count, All.Select(f => f.Name).Distinct().Count());
        Assert.All(All, f => Assert.NotEqual(f.Find, f.Replace));
        Assert.All(All, f => Assert.Equal(1, File.ReadAllText(Repository.Source(f.File)).Split(f.Find).Length - 1));
    }

    /// <summary>Without any fault the same suites pass; otherwise they prove nothing.</summary>
    private static async Task SoundAsync(IEnumerable<Fault> faults, string root)
    {
        var token = TestContext.Current.CancellationToken;
        await Parallel.ForEachAsync(faults.Select(f => f.Suite).DistinctBy(s => s.ToString()).Index(), new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = token }, async (suite, _) =>
        {
            var folder = Copy(suite.Item, Path.Combine(root, $"sound-{suite.Index}"));
            var (code, said) = await Command.RunAsync(Path.Combine(folder, suite.Item.Project), suite.Item.Arguments, s_limit * 2, token);
            Assert.True(code == 0, $"Without a fault {suite.Item} fails: {said}");
            Assert.DoesNotContain("Total: 0,", said);
        });
    }

    private async Task<(int? Code, string Said)> RunAsync(Fault fault, string folder, CancellationToken token)
    {
        var content = await File.ReadAllTextAsync(Repository.Source(fault.File), token);
        var library = await _compiler.CompileAsync(fault.Library, fault.File, content.Replace(fault.Find, fault.Replace, StringComparison.Ordinal), folder, token);
        var suite = Copy(fault.Suite, Path.Combine(folder, "suite"));
        File.Copy(library, Path.Combine(suite, fault.Library + ".dll"), overwrite: true);
        var answer = await Command.RunAsync(Path.Combine(suite, fault.Suite.Project), fault.Suite.Arguments, s_limit, token);
        Directory.Delete(folder, recursive: true);
        return answer;
    }

    private static string Copy(Suite suite, string to)
    {
        var from = Repository.Output(suite.Project);
        Assert.True(Directory.Exists(from), $"{suite.Project} is not built.");
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return to;
    }
}
