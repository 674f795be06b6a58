using System.Text.RegularExpressions;
using Xunit;

namespace Tandem.Architecture.Tests;

/// <summary>Rules about our own sources that no compiler checks.</summary>
public partial class SourceTests
{
    private const int LongestFile = 300;

    [Fact]
    public void Files_StayTheSizeOfOneIdea() => Assert.Empty(
        Repository.Sources("*.cs").Concat(Repository.Sources("*.razor")).Concat(Repository.Sources("*.ts"))
            .Where(f => File.ReadLines(f).Count() > LongestFile).Select(Path.GetFileName));

    [Fact]
    public void Namespaces_AreTheirFolders()
    {
        var wrong = Repository.Sources("*.cs").Where(f => NamespaceOf(f) is { } space && space != Expected(f)).Select(f => Path.GetRelativePath(Repository.Root, f));
        Assert.Empty(wrong);
    }

    [Fact]
    public void Time_ComesFromTimeProvider() => Assert.Empty(Lines(@"\bDateTime(Offset)?\.(Utc)?Now\b|\bTask\.Delay\([^,()]*\)"));

    [Fact]
    public void Nothing_BlocksOrIsLeftUnfinished() => Assert.Empty(Lines(@"\.GetAwaiter\(\)\.GetResult\(\)|\.Wait\(\)|Thread\.Sleep|NotImplementedException|\bTODO\b|\bFIXME\b|\bHACK\b|catch \{ \}"));

    [Fact]
    public void SnippetsInDocs_AreTheSamplesThatRun()
    {
        var docs = Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(Repository.Root, "README.md"));
        var found = 0;
        foreach (var text in docs.Select(d => File.ReadAllText(d).ReplaceLineEndings("\n")))
        {
            foreach (Match snippet in Snippet().Matches(text))
            {
                var source = File.ReadAllText(Path.Combine(Repository.Root, snippet.Groups["file"].Value)).ReplaceLineEndings("\n");
                Assert.Contains(snippet.Groups["code"].Value.Trim(), source, StringComparison.Ordinal);
                found++;
            }

            Assert.Equal(CodeBlock().Count(text), Snippet().Count(text) + Shown().Count(text));
        }

        Assert.True(found >= 8, $"{found} snippets");
    }

    [Fact]
    public void LinksInDocs_LeadSomewhere()
    {
        var docs = Directory.EnumerateFiles(Repository.Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories));
        var broken = docs.SelectMany(file => Link().Matches(File.ReadAllText(file))
            .Select(m => m.Groups[1].Value)
            .Where(link => !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith('#'))
            .Where(link => !Path.Exists(Path.Combine(Path.GetDirectoryName(file)!, link.Split('#')[0])))
            .Select(link => $"{Path.GetFileName(file)}: {link}"));
        Assert.Empty(broken);
    }

    private static IEnumerable<string> Lines(string pattern) => Repository.Sources("*.cs").SelectMany(file => File.ReadLines(file)
        .Select((line, i) => (line, i))
        .Where(l => !l.line.TrimStart().StartsWith("//", StringComparison.Ordinal) && Regex.IsMatch(l.line, pattern))
        .Select(l => $"{Path.GetRelativePath(Repository.Root, file)}:{l.i + 1}"));

    private static string? NamespaceOf(string file) => File.ReadLines(file).FirstOrDefault(l => l.StartsWith("namespace ", StringComparison.Ordinal))?["namespace ".Length..].TrimEnd(';');

    private static string Expected(string file) => Path.GetRelativePath(Path.Combine(Repository.Root, "src"), Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.');

    [GeneratedRegex(@"<!-- snippet: (?<file>\S+) -->\n```\w+\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();

    [GeneratedRegex("```(csharp|razor|js)\n")]
    private static partial Regex CodeBlock();

    /// <summary>A piece of an application shown for its shape; its lines stand in a sample as they are.</summary>
    [GeneratedRegex(@"<!-- shape -->\n```csharp\n")]
    private static partial Regex Shown();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
