using Microsoft.Data.Sqlite;

namespace Tandem.Sqlite;

/// <summary>Reading a file in WAL mode without leaving a trace beside it.</summary>
internal static class SqliteReadOnly
{
    private const string Index = "-shm";
    private const string Log = "-wal";

    /// <summary>The data source of a file that is only read.</summary>
    /// <remarks>Where the log's index lies beside the file, even readers would write to it. Told not to, SQLite makes one of its own in memory when it must.</remarks>
    public static string Source(string path) =>
        File.Exists(path + Index) ? $"file://{new Uri(Path.GetFullPath(path)).AbsolutePath}?readonly_shm=1" : path;

    /// <summary>Whether reading will make the log and its index: nobody has the file open and it is in WAL mode.</summary>
    public static bool LeavesTraces(string path) => !File.Exists(path + Index) && !File.Exists(path + Log);

    /// <summary>Lets SQLite take away the empty log that reading made; only a connection that may write does that, and only when it is the last.</summary>
    public static async Task TidyAsync(string path)
    {
        if (new FileInfo(path + Log) is not { Exists: true, Length: 0 })
        {
            return;
        }

        try
        {
            var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
            await using var closing = connection.ConfigureAwait(false);
            await connection.OpenAsync().ConfigureAwait(false);
            _ = SqliteConnections.Scalar<long>(connection, "SELECT count(*) FROM sqlite_master");
        }
        catch (SqliteException)
        {
            // Another program is at work on the file, or it may not be written: an empty log does no harm.
        }
    }
}
