using System.Reflection;
using System.Runtime.CompilerServices;

namespace Tandem.Architecture.Tests;

/// <summary>The repository these tests were built from, and its libraries.</summary>
internal static class Repository
{
    public static readonly string[] Libraries = ["Tandem", "Tandem.Relational", "Tandem.Sqlite", "Tandem.PostgreSql", "Tandem.Web", "Tandem.Admin"];

    public static string Root { get; } = FindRoot();

    public static Assembly Load(string library) => Assembly.Load(library);

    public static IEnumerable<string> Sources(string pattern) => Directory
        .EnumerateFiles(Path.Combine(Root, "src"), pattern, SearchOption.AllDirectories)
        .Where(f => !f.Contains("node_modules", StringComparison.Ordinal) && !f.Contains($"{Path.DirectorySeparatorChar}dist{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    private static string FindRoot([CallerFilePath] string file = "")
    {
        var folder = Path.GetDirectoryName(file);
        while (folder is not null && !File.Exists(Path.Combine(folder, "Tandem.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("Tandem.slnx is in no folder above these tests.");
    }
}
