using Tandem.Browser.Tests.Running;

namespace Tandem.Browser.Tests.Databases;

/// <summary>The Chinook sample database.</summary>
internal static class Chinook
{
    private static readonly string? s_folder = Find();

    public static string CopyTo(string folder)
    {
        Missing.Unless(s_folder is not null, "The Chinook database");
        var copy = Path.Combine(folder, "chinook.sqlite");
        File.WriteAllBytes(copy, File.ReadAllBytes(Path.Combine(s_folder!, "chinook.sqlite")));
        return copy;
    }

    /// <summary>The statements that fill an empty PostgreSQL database.</summary>
    public static string Script()
    {
        Missing.Unless(s_folder is not null, "The Chinook database");
        return string.Join('\n', File.ReadLines(Path.Combine(s_folder!, "chinook-postgresql.sql"))
            .Where(l => !l.StartsWith("DROP DATABASE", StringComparison.Ordinal) && !l.StartsWith("CREATE DATABASE", StringComparison.Ordinal) && !l.StartsWith('\\')));
    }

    private static string? Find()
    {
        var root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "Tandem.slnx")))
        {
            root = Path.GetDirectoryName(root);
        }

        return root is null ? null : new[] { Path.Combine(root, "tests/shared/chinook"), Path.GetFullPath(Path.Combine(root, "../shared/data")) }
            .FirstOrDefault(d => File.Exists(Path.Combine(d, "chinook.sqlite")));
    }
}
