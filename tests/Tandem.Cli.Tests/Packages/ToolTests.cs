using System.Diagnostics;
using Tandem.Cli.Tests.Http;
using Tandem.Cli.Tests.Processes;

namespace Tandem.Cli.Tests.Packages;

/// <summary>What <c>dotnet pack</c> makes installs and serves where nothing else is.</summary>
public sealed class ToolTests(ITestOutputHelper output) : IDisposable
{
    private const int Megabyte = 1024 * 1024;
    private static readonly string s_root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../.."));
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task PackedTool_InstalledIntoAnEmptyFolder_ServesSmallAndLean()
    {
        var packed = Directory.CreateDirectory(_folder.File("packed")).FullName;
        var configuration = Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/'));
        // Everything was built together with these tests.
        await RunAsync(s_root, "pack", "Tandem.slnx", "--no-build", "--no-restore", "-c", configuration, "-o", packed, "-nologo", "-v", "quiet");
        Assert.Equal(
            ["Tandem", "Tandem.Admin", "Tandem.Cli", "Tandem.PostgreSql", "Tandem.Redis", "Tandem.Relational", "Tandem.Sqlite", "Tandem.Web"],
            Directory.GetFiles(packed, "*.nupkg").Select(f => System.Text.RegularExpressions.Regex.Replace(Path.GetFileName(f), @"\.\d+\.\d+\.\d+.*$", "")).Order(StringComparer.Ordinal));

        var sources = _folder.File("NuGet.config");
        await File.WriteAllTextAsync(sources, $"""<configuration><packageSources><clear /><add key="packed" value="{packed}" /></packageSources></configuration>""", TestContext.Current.CancellationToken);
        var tool = _folder.File("tool");
        await RunAsync(_folder.Path, "tool", "install", "Tandem.Cli", "--tool-path", tool, "--configfile", sources);
        var size = Directory.EnumerateFiles(tool, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);
        output.WriteLine($"installed size {size / (double)Megabyte:0} MB");
        Assert.True(size < 80 * Megabyte);

        var place = Directory.CreateDirectory(_folder.File("place")).FullName;
        var nothing = Directory.CreateDirectory(_folder.File("nothing")).FullName;
        await using var process = TandemProcess.Start(Path.Combine(tool, "tandem"), ["serve", "--urls", TandemProcess.FreePort], place, searchPath: nothing);
        await process.ServedAsync();
        using var client = new ApiClient(process);
        for (var i = 0; i < 30; i++)
        {
            using var answer = await client.GetAsync("/api/tables/orders?$first=50");
            Assert.True(answer.IsSuccessStatusCode);
        }

        output.WriteLine($"resident after making the bakery and 30 lists: {process.ResidentBytes / (double)Megabyte:0} MB");
        process.Send(Signal.Interrupt);
        Assert.Equal(0, await process.EndedAsync());

        await using var again = TandemProcess.Start(Path.Combine(tool, "tandem"), ["serve", "--urls", TandemProcess.FreePort], place, searchPath: nothing);
        await again.ServedAsync();
        output.WriteLine($"bakery: served {again.ServedAfter.TotalSeconds:0.00} s after the process began");
        using var lists = new ApiClient(again);
        for (var i = 0; i < 30; i++)
        {
            using var answer = await lists.GetAsync("/api/tables/orders?$first=50");
            Assert.True(answer.IsSuccessStatusCode);
        }

        var resident = again.ResidentBytes;
        output.WriteLine($"resident after 30 lists: {resident / (double)Megabyte:0} MB");
        Assert.True(resident < 120 * Megabyte, $"It holds {resident / Megabyte} MB.");
    }

    private static async Task RunAsync(string folder, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await Within.SecondsAsync(180, process.WaitForExitAsync(), () => "dotnet " + string.Join(' ', arguments));
        Assert.True(process.ExitCode == 0, string.Concat(await said));
    }
}
