using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Tandem.Sqlite;

/// <content>Removing old entries.</content>
internal static partial class SqliteJournal
{
    /// <summary>Removes the oldest entries that are older than a time or beyond a number.</summary>
    /// <returns>How many were removed; less than the limit when there are no more.</returns>
    public static int Trim(SqliteConnection connection, DateTimeOffset? oldest, long? entries, int limit)
    {
        var beyond = entries is { } kept
            ? SqliteConnections.Scalar<long?>(connection, $"SELECT seq FROM {Table} ORDER BY seq DESC LIMIT 1 OFFSET {Math.Max(kept, 0).ToString(CultureInfo.InvariantCulture)}") ?? 0
            : 0;
        var (last, count) = (0L, 0);
        using (var command = connection.CreateCommand())
        {
            command.CommandText = $"SELECT seq, at FROM {Table} ORDER BY seq LIMIT {limit}";
            using var reader = command.ExecuteReader();
            while (reader.Read() && (reader.GetInt64(0) <= beyond || TimeOf(reader.GetString(1)) < oldest))
            {
                (last, count) = (reader.GetInt64(0), count + 1);
            }
        }

        if (count > 0)
        {
            SqliteConnections.Execute(connection, $"DELETE FROM {Table} WHERE seq <= {last.ToString(CultureInfo.InvariantCulture)}");
        }

        return count;
    }

    private static DateTimeOffset TimeOf(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
