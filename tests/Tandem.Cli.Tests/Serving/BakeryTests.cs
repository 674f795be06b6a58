using System.Security.Cryptography;
using Tandem.Cli.Tests.Databases;
using Tandem.Cli.Tests.Processes;

namespace Tandem.Cli.Tests.Serving;

/// <summary>Without a database, the command makes a bakery's.</summary>
public sealed class BakeryTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _first = new();
    private readonly TemporaryFolder _second = new();

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task Serve_InAnEmptyFolder_MakesASoundBakeryTheSameEachTime()
    {
        await MakeAsync(_first, "made and served");
        await MakeAsync(_second, "made and served again");
        using var first = Sqlite.Open(_first.File("bakery.db"));
        using var second = Sqlite.Open(_second.File("bakery.db"));
        var (tables, records) = Dump(first);
        Assert.True(tables.Count >= 8);
        Assert.True(records >= 50_000, $"There are {records} records.");
        Assert.Equal(tables, Dump(second).Tables);
        Assert.Empty(Sqlite.Query(first, "PRAGMA foreign_key_check"));
        Assert.Equal("ok", Sqlite.Query(first, "PRAGMA integrity_check")[0][0]);
    }

    [Fact]
    public async Task Serve_MadeBefore_ServesTheSameFile()
    {
        await MakeAsync(_first, "made and served");
        await using var process = TandemProcess.Start(_first.Path, "serve", "--urls", TandemProcess.FreePort);
        await process.ServedAsync();
        output.WriteLine($"bakery: served {process.ServedAfter.TotalSeconds:0.00} s after the process began");
        Assert.DoesNotContain("Making", process.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_KilledWhileMaking_LeavesNothingHalfMade()
    {
        for (var round = 0; round < 3; round++)
        {
            await using var killed = TandemProcess.Start(_first.Path, "serve", "--urls", TandemProcess.FreePort);
            var size = 100_000 * round;
            await Within.UntilAsync(20, () => Task.FromResult(File.Exists(_first.File("bakery.db.partial")) && new FileInfo(_first.File("bakery.db.partial")).Length >= size), () => "the making to begin");
            await killed.KillAsync();
            Assert.False(File.Exists(_first.File("bakery.db")));
        }

        await MakeAsync(_first, "made after a start that was killed");
        using var made = Sqlite.Open(_first.File("bakery.db"));
        Assert.Equal("ok", Sqlite.Query(made, "PRAGMA integrity_check")[0][0]);
        Assert.False(File.Exists(_first.File("bakery.db.partial")));
    }

    private async Task MakeAsync(TemporaryFolder folder, string what)
    {
        await using var process = TandemProcess.Start(folder.Path, "serve", "--urls", TandemProcess.FreePort);
        await process.ServedAsync();
        output.WriteLine($"bakery: {what} {process.ServedAfter.TotalSeconds:0.00} s after the process began");
        Assert.Contains("Making a bakery's database in bakery.db", process.Output[0], StringComparison.Ordinal);
        process.Send(Signal.Interrupt);
        Assert.Equal(0, await process.EndedAsync());
    }

    /// <summary>Every table's definition and a digest of its records, leaving out Tandem's own.</summary>
    private static (IReadOnlyList<string> Tables, long Records) Dump(Microsoft.Data.Sqlite.SqliteConnection connection)
    {
        List<string> tables = [];
        var records = 0;
        foreach (var row in Sqlite.Query(connection, "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'tandem%' AND name NOT LIKE 'sqlite%' ORDER BY name"))
        {
            var rows = Sqlite.Query(connection, $"SELECT * FROM \"{row[0]}\"");
            records += rows.Count;
            using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var value in rows.SelectMany(r => r))
            {
                digest.AppendData(value as byte[] ?? System.Text.Encoding.UTF8.GetBytes($"{value?.GetType().Name}:{value}"));
                digest.AppendData([0]);
            }

            tables.Add($"{row[1]} {Convert.ToHexString(digest.GetHashAndReset())}");
        }

        return (tables, records);
    }
}
