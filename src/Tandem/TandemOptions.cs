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

    /// <summary>The API token of a user named "editor", for scripts. Default: environment variable TANDEM_EDITOR_TOKEN; null for no such user.</summary>
    public string? EditorToken { get; set; } = Environment.GetEnvironmentVariable("TANDEM_EDITOR_TOKEN");

    /// <summary>The API token of a user named "viewer", for scripts. Default: environment variable TANDEM_VIEWER_TOKEN; null for no such user.</summary>
    public string? ViewerToken { get; set; } = Environment.GetEnvironmentVariable("TANDEM_VIEWER_TOKEN");

    /// <summary>Whether any blocking wait made while a request is answered is logged with its stack: a switch for development. Default: whether environment variable TANDEM_LOG_BLOCKING is 1.</summary>
    public bool LogBlockingCalls { get; set; } = Environment.GetEnvironmentVariable("TANDEM_LOG_BLOCKING") == "1";

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
