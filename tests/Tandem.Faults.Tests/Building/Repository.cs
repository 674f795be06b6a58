using System.Runtime.CompilerServices;

namespace Tandem.Faults.Tests.Building;

/// <summary>The repository these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Source(string file) => Path.Combine(Root, "src", file);

    /// <summary>Where a built project is, in the configuration of these tests.</summary>
    public static string Output(string project) => Path.Combine(Root, "artifacts", "bin", project, new DirectoryInfo(AppContext.BaseDirectory).Name);

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
