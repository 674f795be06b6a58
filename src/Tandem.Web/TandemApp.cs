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

    private sealed record OpenDatabase(IDatabase Database, IAccess Access);

    private readonly ILogger _logger;

    internal TandemApp(IOptions<TandemOptions> options, ILogger<TandemApp> logger) => (_options, _logger) = (options.Value, logger);

    /// <summary>The database.</summary>
    /// <exception cref="InvalidOperationException">The host has not started yet.</exception>
    public IDatabase Database => Ready.Database;

    /// <summary>The one decision function.</summary>
    /// <exception cref="InvalidOperationException">The host has not started yet.</exception>
    public IAccess Access => Ready.Access;

    /// <summary>What the application was told at start.</summary>
    public TandemOptions Options => _options;

    /// <summary>The name people see in the header.</summary>
    public string Title => _options.Title ?? Database.Name;

    /// <summary>The table of a name, or null. Names are compared exactly.</summary>
    public ITable? Find(string table) => Database.Find(table);

    internal void Open(IDatabase database, IAccess? access = null) => _opened = new OpenDatabase(database, access ?? new RoleAccess(database.IsReadOnly));

    private OpenDatabase Ready => _opened ?? throw new InvalidOperationException("Tandem's database is not open yet. Start the host first, or ask after it has started.");
}
