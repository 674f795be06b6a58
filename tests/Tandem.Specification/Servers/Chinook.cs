using Npgsql;

namespace Tandem.Specification.Servers;

/// <summary>The Chinook sample database, a copy of its own for each test. It lies in tests/shared.</summary>
public static class Chinook
{
    private static readonly string? s_folder = FindFolder();

    /// <summary>Copies the SQLite file.</summary>
    public static string CopyTo(TempFolder folder)
    {
        Missing.Unless(s_folder is not null, "The Chinook database (tests/shared/chinook)");
        var copy = folder.File("chinook.sqlite");
        File.WriteAllBytes(copy, File.ReadAllBytes(Path.Combine(s_folder!, "chinook.sqlite")));
        return copy;
    }

    /// <summary>Fills an empty PostgreSQL database.</summary>
    public static async Task LoadAsync(string connectionString, CancellationToken cancellationToken)
    {
        Missing.Unless(s_folder is not null, "The Chinook database (tests/shared/chinook)");
        var lines = await File.ReadAllLinesAsync(Path.Combine(s_folder!, "chinook-postgresql.sql"), cancellationToken);
        var script = string.Join('\n', lines.Where(l => !l.StartsWith("DROP DATABASE", StringComparison.Ordinal)
            && !l.StartsWith("CREATE DATABASE", StringComparison.Ordinal) && !l.StartsWith('\\')));
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(script, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string? FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tandem.slnx")))
            {
                var data = Path.Combine(folder.FullName, "tests", "shared", "chinook");
                return Directory.Exists(data) ? data : null;
            }
        }

        return null;
    }
}
