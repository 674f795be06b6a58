using Microsoft.Extensions.Logging;
using Tandem.Cli.Bakery;
using Tandem.PostgreSql;
using Tandem.Sqlite;
using Tandem.Tables;

namespace Tandem.Cli.Serve;

/// <summary>Opens whatever database the command line names.</summary>
internal static class DatabaseOpener
{
    /// <summary>What is served where nothing is named.</summary>
    public const string BakeryFile = "bakery.db";

    /// <exception cref="DatabaseUnavailableException">It cannot be opened; the message is for the person at the console.</exception>
    /// <exception cref="FormatException">The address cannot be read.</exception>
    public static async Task<IDatabase> OpenAsync(ServeOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (options.Database is { } address && PgConnectionText.IsAddress(address))
        {
            var postgres = new PgOptions { IsReadOnly = options.IsReadOnly, UseReplication = !options.NoReplication, UseNotify = options.Notify, Retention = options.KeepJournal };
            postgres.Poll = options.Poll ?? postgres.Poll;
            postgres.RefineBy(options.Tell(new TandemOptions()));
            return await PgDatabase.OpenAsync(address, postgres, loggers, cancellationToken);
        }

        var path = options.Database ?? BakeryFile;
        if (options.Database is null && !File.Exists(path))
        {
            Console.WriteLine($"Making a bakery's database in {BakeryFile} …");
            SqliteNative.Initialize();
            await BakeryDatabase.CreateAsync(path, cancellationToken);
        }

        if (Directory.Exists(path))
        {
            throw new DatabaseUnavailableException($"'{path}' is a folder. Name a SQLite file in it.", new IOException());
        }

        var sqlite = new SqliteOptions { IsReadOnly = options.IsReadOnly, Retention = options.KeepJournal };
        sqlite.Poll = options.Poll ?? sqlite.Poll;
        sqlite.RefineBy(options.Tell(new TandemOptions()));
        return await SqliteDatabase.OpenAsync(path, sqlite, loggers, cancellationToken);
    }

    /// <summary>Looks whether the database could be opened, and changes nothing.</summary>
    /// <returns>What is wrong, in one line, or null.</returns>
    public static async Task<string?> FindFaultAsync(ServeOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        if (options.Database is null && !File.Exists(BakeryFile))
        {
            return null;
        }

        try
        {
            await using var database = await OpenAsync(options with { IsReadOnly = true }, loggers, cancellationToken);
            return null;
        }
        catch (Exception e) when (Explain(e) is { } fault)
        {
            return fault;
        }
    }

    /// <summary>A failure to open, for the person at the console; null for one that is no fault of theirs.</summary>
    public static string? Explain(Exception failure) => failure switch
    {
        DatabaseUnavailableException or FormatException or IOException => failure.Message,
        UnauthorizedAccessException => "The file may not be read or written. Give permission, or use --read-only.",
        _ => null,
    };
}
