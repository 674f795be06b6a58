using Tandem.Tables;

namespace Tandem;

/// <summary>What an application tells Tandem once, at start.</summary>
public sealed class TandemOptions
{
    /// <summary>Opens the database. Set by <c>UseSqlite</c>, <c>UsePostgreSql</c> or <see cref="UseMemory"/>. Required.</summary>
    public Func<IServiceProvider, CancellationToken, Task<IDatabase>>? Open { get; set; }

    /// <summary>The name people see in the header. Default: the database's.</summary>
    public string? Title { get; set; }

    /// <summary>The administrator's API token. Default: environment variable TANDEM_TOKEN.</summary>
    public string? AdministratorToken { get; set; } = Environment.GetEnvironmentVariable("TANDEM_TOKEN");

    /// <summary>Uses tables in memory; nothing outlives the process.</summary>
    public TandemOptions UseMemory(Action<MemoryDatabase>? fill = null) => UseDatabase(() =>
    {
        var database = new MemoryDatabase();
        fill?.Invoke(database);
        return database;
    });

    /// <summary>Uses a database that is open already or made on the spot; it is disposed with the application.</summary>
    public TandemOptions UseDatabase(Func<IDatabase> database)
    {
        Open = (_, _) => Task.FromResult(database());
        return this;
    }
}
