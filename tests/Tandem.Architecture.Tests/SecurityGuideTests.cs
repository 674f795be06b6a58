using System.Text.RegularExpressions;
using Xunit;

namespace Tandem.Architecture.Tests;

/// <summary>What docs/security.md says is shown somewhere is shown there.</summary>
public sealed partial class SecurityGuideTests
{
    private static readonly string[] s_answers = ["yes", "partly", "no", "yours"];

    [Fact]
    public void Proof_NamedInTheGuide_IsThere()
    {
        var tests = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .GroupBy(f => Path.GetFileNameWithoutExtension(f).Split('.')[0])
            .ToDictionary(g => g.Key, g => string.Concat(g.Select(File.ReadAllText)));
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs", "security.md")).Select(l => Row().Match(l)).Where(m => m.Success).ToList();
        Assert.True(rows.Count > 80, $"{rows.Count} rows");
        Assert.All(rows, row => Assert.Contains(row.Groups["holds"].Value, s_answers));
        var missing = rows.SelectMany(r => Named().Matches(r.Groups["shown"].Value)).Select(m => m.Groups[1].Value).Where(n => !IsThere(n, tests));
        Assert.Empty(missing);
    }

    private static bool IsThere(string name, Dictionary<string, string> tests) =>
        Path.Exists(Path.Combine(Repository.Root, name))
        || (name.Split('.') is [var type, .. var method] && tests.TryGetValue(type, out var text) && method.All(m => text.Contains($" {m}(", StringComparison.Ordinal)));

    [GeneratedRegex(@"^\| [\d][^|]* \| (?<holds>[^|]+) \| [^|]+ \|(?<shown>[^|]*)\|$", RegexOptions.CultureInvariant)]
    private static partial Regex Row();

    [GeneratedRegex("`([^`]+)`", RegexOptions.CultureInvariant)]
    private static partial Regex Named();
}
