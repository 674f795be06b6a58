using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tandem.Access;
using Tandem.Tables;

namespace Tandem.Web;

/// <summary>The one Tandem of a process: its database, its access decisions and its options. Safe from any thread.</summary>
public sealed partial class TandemApp
{
    private readonly TandemOptions _options;
    private volatile OpenDatabase? _opened;

    private sealed record OpenDatabase(IDatabase Database, IAccess Access, Access.Rights Rights);

    private readonly ILogger _logger;

    internal TandemApp(IOptions<TandemOptions> options, ILogger<TandemApp> logger) => (_options, _logger) = (options.Value, logger);

    /// <summary>The database, whole: for code that is trusted. What people ask for goes through <see cref="For"/>.</summary>
    /// <exception cref="InvalidOperationException">The host has not started yet.</exception>
    public IDatabase Database => Ready.Database;

    /// <summary>The one decision function.</summary>
    /// <exception cref="InvalidOperationException">The host has not started yet.</exception>
    public IAccess Access => Ready.Access;

    /// <summary>The same with its reasons.</summary>
    internal Access.Rights Rights => Ready.Rights;

    /// <summary>What the application was told at start.</summary>
    public TandemOptions Options => _options;

    /// <summary>The name people see in the header.</summary>
    public string Title => _options.Title ?? Database.Name;

    /// <summary>The grants in data, kept up.</summary>
    internal GrantBook Grants { get; } = new();

    /// <summary>The table of a name, whole, or null. Names are compared exactly.</summary>
    public ITable? Find(string table) => Database.Find(table);

    /// <summary>The database as a user may use it at this moment: for one request, message or step of work.</summary>
    public PermittedDatabase For(User user) => new(Database, Access, user);

    /// <param name="database">The database.</param>
    /// <param name="access">Decides in place of policies, grants and roles: for tests. Default: null, for those.</param>
    internal void Open(IDatabase database, IAccess? access = null)
    {
        var rights = new Access.Rights(database.IsReadOnly, Grants, _options.Policies);
        _opened = new OpenDatabase(database, access ?? rights, rights);
    }

    private OpenDatabase Ready => _opened ?? throw new InvalidOperationException("Tandem's database is not open yet. Start the host first, or ask after it has started.");
}
