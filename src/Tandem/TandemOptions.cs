using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Tandem.Access;
using Tandem.Accounts;
using Tandem.Activating;
using Tandem.Entities;
using Tandem.Hints;
using Tandem.Leases;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem;

/// <summary>What an application tells Tandem once, at start.</summary>
public sealed partial class TandemOptions
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

    /// <summary>What it means that somebody is in a field of a form.</summary>
    public LeaseOptions Leases { get; } = new();

    /// <summary>How people and programs tell who they are.</summary>
    public SignInOptions SignIn { get; } = new();

    /// <summary>What forms say beside fields while they are filled in.</summary>
    public HintOptions Hints { get; } = new();

    /// <summary>Tells that a table holds objects of a class: its data annotations add labels and rules to the table's.</summary>
    /// <param name="table">The table; by default what the class's <c>[Table]</c> says, or its name in snake case.</param>
    public TandemOptions Entity<T>(string? table = null)
        where T : class
    {
        Entities[table ?? EntitySchema.TableOf(typeof(T))] = typeof(T);
        return this;
    }

    /// <summary>Adds a rule in code over objects of a class. It judges each record as it would be stored, inside the write's transaction, wherever the write comes from.</summary>
    /// <param name="check">Says what is wrong, with the names of the properties meant; nothing where the object may be stored. Quick, pure and safe from any thread.</param>
    /// <param name="table">The table; by default the class's own.</param>
    public TandemOptions Rule<T>(Func<T, IEnumerable<ValidationResult>> check, string? table = null)
        where T : class => Add(table ?? EntitySchema.TableOf(typeof(T)), schema => EntityRules.Rule(schema, check));

    /// <summary>Adds a rule in code over records of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="check">Says what is wrong with a record as it would be stored, field by field. Quick, pure and safe from any thread.</param>
    public TandemOptions Rule(string table, Func<Record, IEnumerable<FieldError>> check) => Add(table, _ => RecordRule.Check(check));

    /// <summary>Cleans a field's values before they are stored: trims, normalizes. Forms offer the cleaned value while people type.</summary>
    /// <param name="table">The table.</param>
    /// <param name="field">The field.</param>
    /// <param name="clean">Gives the value to store.</param>
    public TandemOptions Clean(string table, string field, Func<object?, object?> clean) => Add(table, schema => schema.Find(field) is not null
        ? RecordRule.Clean(field, clean)
        : throw new ArgumentException($"Table '{table}' has no field '{field}' to clean. Name one of its fields.", nameof(field)));

    /// <summary>
    /// Says in code which records of a table a user may act on: <c>options.Policy&lt;Order>((user, o) => o.Owner == user.Name)</c>. Several policies of a
    /// table add up. Administrators are not held by policies.
    /// </summary>
    /// <param name="condition">What holds for the user's records; it becomes a filter, so what mentions the object must have a counterpart there.</param>
    /// <param name="table">The table; by default the class's own.</param>
    /// <returns>The policy, to say what more there is to it.</returns>
    public Policy<T> Policy<T>(Expression<Func<User, T, bool>> condition, string? table = null)
        where T : class
    {
        var policy = new Policy<T>(table ?? EntitySchema.TableOf(typeof(T)), condition);
        Policies.Add(policy);
        return policy;
    }

    /// <summary>The policies in code.</summary>
    internal List<Policy> Policies { get; } = [];

    /// <summary>Tells whether records of one table belong to those of another that they refer to, and so are edited in their forms. By default <see cref="Reference.IsOwned"/> decides.</summary>
    /// <param name="table">The table referred to: orders.</param>
    /// <param name="children">The table that refers to it: order lines.</param>
    /// <param name="owned">False where they stand for themselves.</param>
    public TandemOptions Children(string table, string children, bool owned = true)
    {
        Owned[(table, children)] = owned;
        return this;
    }

    private Dictionary<(string Table, string Children), bool> Owned { get; } = [];

    private TandemOptions Add(string table, Func<TableSchema, RecordRule> rule)
    {
        (Rules.TryGetValue(table, out var rules) ? rules : Rules[table] = []).Add(rule);
        return this;
    }

    private Dictionary<string, List<Func<TableSchema, RecordRule>>> Rules { get; } = new(StringComparer.Ordinal);

    /// <summary>Classes by table.</summary>
    internal Dictionary<string, Type> Entities { get; } = new(StringComparer.Ordinal);

    /// <summary>A table's schema with what its class says.</summary>
    internal TableSchema Refine(TableSchema schema) => WithRules(Entities.TryGetValue(schema.Name, out var type) ? EntitySchema.Refine(schema, type) : schema);

    private TableSchema WithRules(TableSchema schema)
    {
        List<RecordRule> rules = Entities.TryGetValue(schema.Name, out var type) ? [.. EntityRules.Of(schema, type)] : [];
        rules.AddRange(Rules.TryGetValue(schema.Name, out var own) ? own.Select(r => r(schema)) : []);
        var activation = ActivationOf(schema);
        rules.AddRange(activation is null ? [] : ActivationRules.Of(schema, activation, Clock));
        IReadOnlyList<Reference>? references = schema.References.Any(r => Owned.ContainsKey((r.Target, schema.Name)))
            ? [.. schema.References.Select(r => Owned.TryGetValue((r.Target, schema.Name), out var owned) ? r with { IsOwned = owned } : r)]
            : null;
        return rules.Count == 0 && references is null ? schema : schema.With(rules, references, activation);
    }

    /// <summary>Uses tables in memory, one for each class named by <see cref="Entity"/>; nothing outlives the process.</summary>
    public TandemOptions UseMemory(Action<MemoryDatabase>? fill = null) => UseDatabase(() =>
    {
        var database = new MemoryDatabase();
        foreach (var (table, type) in Entities)
        {
            database.Add(WithRules(EntitySchema.Of(type, table)));
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
