using Tandem.Entities;
using Tandem.Schema;
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

    /// <summary>Tells that a table holds objects of a class: its data annotations add labels and rules to the table's.</summary>
    /// <param name="table">The table; by default what the class's <c>[Table]</c> says, or its name in snake case.</param>
    public TandemOptions Entity<T>(string? table = null)
        where T : class
    {
        Entities[table ?? EntitySchema.TableOf(typeof(T))] = typeof(T);
        return this;
    }

    /// <summary>Classes by table.</summary>
    internal Dictionary<string, Type> Entities { get; } = new(StringComparer.Ordinal);

    /// <summary>A table's schema with what its class says.</summary>
    internal TableSchema Refine(TableSchema schema) => Entities.TryGetValue(schema.Name, out var type) ? EntitySchema.Refine(schema, type) : schema;

    /// <summary>Uses tables in memory, one for each class named by <see cref="Entity"/>; nothing outlives the process.</summary>
    public TandemOptions UseMemory(Action<MemoryDatabase>? fill = null) => UseDatabase(() =>
    {
        var database = new MemoryDatabase();
        foreach (var (table, type) in Entities)
        {
            database.Add(EntitySchema.Of(type, table));
        }

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
