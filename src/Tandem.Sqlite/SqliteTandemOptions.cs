using Microsoft.Extensions.Logging;

namespace Tandem.Sqlite;

/// <summary>Chooses a SQLite file for an application.</summary>
public static class SqliteTandemOptions
{
    /// <summary>Uses a SQLite file that exists.</summary>
    public static TandemOptions UseSqlite(this TandemOptions options, string path, Action<SqliteOptions>? configure = null)
    {
        options.Open = async (services, cancellationToken) =>
        {
            var sqlite = new SqliteOptions { Refine = options.Refine };
            configure?.Invoke(sqlite);
            return await SqliteDatabase.OpenAsync(path, sqlite, services.GetService(typeof(ILoggerFactory)) as ILoggerFactory, cancellationToken).ConfigureAwait(false);
        };
        return options;
    }
}
