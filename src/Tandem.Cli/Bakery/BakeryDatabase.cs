using Microsoft.Data.Sqlite;

namespace Tandem.Cli.Bakery;

/// <summary>A bakery to try Tandem with: 50,000 records, the same ones every time.</summary>
internal static class BakeryDatabase
{
    /// <summary>The day on which the bakery's records end.</summary>
    public static readonly DateOnly Today = new(2026, 11, 20);

    private const ulong Seed = 20261120;

    /// <summary>Makes the database's file. It appears under its name only when it is whole.</summary>
    /// <exception cref="IOException">The file is there already or cannot be written.</exception>
    public static async Task CreateAsync(string path, CancellationToken cancellationToken)
    {
        var partial = path + ".partial";
        File.Delete(partial);
        await Task.Run(() => Fill(partial, cancellationToken), cancellationToken);
        File.Move(partial, path);
    }

    private static void Fill(string path, CancellationToken cancellationToken)
    {
        // Pooled connections would keep the file open beyond the move.
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        // Nobody else sees the file yet, and a half-made one is thrown away: nothing needs to be flushed.
        Execute(connection, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;");
        Execute(connection, "BEGIN");
        Execute(connection, BakerySchema.Tables);
        var dice = new Dice(Seed);
        var goods = Goods.Fill(connection, dice);
        cancellationToken.ThrowIfCancellationRequested();
        var people = People.Fill(connection, dice);
        cancellationToken.ThrowIfCancellationRequested();
        Sales.Fill(connection, dice, goods, people, cancellationToken);
        Execute(connection, BakerySchema.Indexes);
        Execute(connection, "COMMIT");
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
