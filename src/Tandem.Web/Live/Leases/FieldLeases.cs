using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Access;
using Tandem.Leases;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.Permits;
using Tandem.Web.SignIn;

namespace Tandem.Web.Live.Leases;

/// <summary>
/// Who is in which field. A page takes a lease when somebody enters a field and gives it back when they leave it; it is renewed
/// while the page's connection lives, given back when that drops, and ends by itself when this node dies. Every node follows the store
/// and tells the pages that show the record.
/// </summary>
internal sealed partial class FieldLeases(
    TandemApp app, UserStore users, WatchIndex index, IServiceProvider services, TimeProvider clock, ILogger<FieldLeases> logger) : BackgroundService
{
    private const int MostHeld = 50;
    private readonly Lock _lock = new();
    private readonly Lock _storeLock = new();
    private readonly KnownLeases _known = new();
    private readonly Dictionary<LeasedField, Holding> _own = [];

    private LeaseOptions Options => app.Options.Leases;

    private ILeaseStore Store
    {
        get
        {
            lock (_storeLock)
            {
                return field ??= Options.Store?.Invoke(services, app.Database) ?? Default();
            }
        }
    }

    private sealed record Holding(LiveConnection Page, Lease Lease, DateTimeOffset RenewedAt);

    /// <summary>Somebody enters a field.</summary>
    /// <param name="page">Their page.</param>
    /// <param name="field">The field.</param>
    /// <param name="takeOver">Whether to take the lease from whoever holds it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<FocusAnswer> EnterAsync(LiveConnection page, LeasedField field, bool takeOver, CancellationToken cancellationToken)
    {
        if (await RefusalAsync(page.User, field, cancellationToken) is { } reason)
        {
            return new FocusAnswer(false, null, reason);
        }

        if (Options.ModeOf(field.Table, field.Field) == LeaseMode.Off)
        {
            return new FocusAnswer(false, null, null);
        }

        if (Find(field) is { } held && held.Page == page)
        {
            return Mine(page, field);
        }

        var result = takeOver
            ? await Store.TakeOverAsync(field.Resource, page.User, Options.Duration, cancellationToken)
            : await Store.AcquireAsync(field.Resource, page.User, Options.Duration, cancellationToken);
        if (result is not LeaseResult.Granted granted)
        {
            return new FocusAnswer(false, (result as LeaseResult.Held)?.By.Owner, null);
        }

        if (!Keep(page, field, granted.Lease))
        {
            // The page left meanwhile, or another page of this node was granted a newer one.
            await ReleaseAsync(granted.Lease);
            return new FocusAnswer(false, Find(field)?.Lease.Owner, null);
        }

        return Mine(page, field);
    }

    /// <summary>Somebody leaves a field.</summary>
    public async Task LeaveAsync(LiveConnection page, LeasedField field)
    {
        if (Drop(field, h => h.Page == page) is { } held)
        {
            await ReleaseAsync(held);
        }
    }

    /// <summary>A page left: everything it held is given back.</summary>
    public async Task LeaveAllAsync(LiveConnection page)
    {
        List<Lease> held = [];
        lock (_lock)
        {
            page.HasLeft = true;
            foreach (var (field, holding) in _own.Where(o => o.Value.Page == page).ToList())
            {
                _own.Remove(field);
                held.Add(holding.Lease);
            }
        }

        foreach (var lease in held)
        {
            await ReleaseAsync(lease);
        }
    }

    /// <summary>A user's rights are others now: fields that they may no longer change are given back.</summary>
    public async Task LeaveForbiddenAsync(string user)
    {
        List<Lease> held = [];
        lock (_lock)
        {
            foreach (var (field, holding) in _own.Where(o => o.Value.Page.User == user).ToList())
            {
                if (app.Find(field.Table) is not { } table || !app.Access.Decide(users.Find(user), table.Schema, TableAction.Change).IsAllowed)
                {
                    _own.Remove(field);
                    held.Add(holding.Lease);
                }
            }
        }

        foreach (var lease in held)
        {
            await ReleaseAsync(lease);
        }
    }

    /// <summary>An administrator frees a field, whoever is in it.</summary>
    /// <returns>Why not, or null.</returns>
    public async Task<string?> FreeAsync(LiveConnection page, LeasedField field, CancellationToken cancellationToken)
    {
        var decision = app.Access.Decide(users.Find(page.User), null, TableAction.Administer);
        if (!decision.IsAllowed)
        {
            return decision.Reason;
        }

        if (await Store.TakeOverAsync(field.Resource, page.User, Options.Duration, cancellationToken) is LeaseResult.Granted granted)
        {
            await ReleaseAsync(granted.Lease);
        }

        return null;
    }

    /// <summary>What keeps a user from writing fields of a record that others are in, and may be in alone.</summary>
    /// <param name="user">Who writes.</param>
    /// <param name="table">The table.</param>
    /// <param name="key">The record.</param>
    /// <param name="fields">The fields written; null for all, as a deletion does.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The field and a sentence for people; null when nothing does.</returns>
    public async Task<FieldError?> FindObstacleAsync(string user, ITable table, RecordKey key, IEnumerable<string>? fields, CancellationToken cancellationToken)
    {
        fields ??= table.Schema.Fields.Select(f => f.Name);
        var text = key.ToString();
        foreach (var name in fields.Where(f => Options.ModeOf(table.Schema.Name, f) == LeaseMode.Enforced))
        {
            var field = new LeasedField(table.Schema.Name, text, name);
            // What this node has heard is enough to let a write pass, since values guard it too; to refuse one the store is asked.
            if (_known.Of(field.Table, text).Any(l => l.Field == field && l.Lease.Owner != user)
                && await Store.FindAsync(field.Resource, cancellationToken) is { } lease && lease.Owner != user)
            {
                return new FieldError(name, $"{table.Schema[name].Label}: {lease.Owner} is changing it at this moment. Wait until they are done, or take it over.");
            }
        }

        return null;
    }

    /// <summary>Why a user may not be in a field, or null.</summary>
    private async Task<string?> RefusalAsync(string user, LeasedField field, CancellationToken cancellationToken)
    {
        if (app.Find(field.Table) is not { } table || table.Schema.Find(field.Field) is not { IsSecret: false } || !RecordKey.TryParse(table.Schema, field.Key, out var key))
        {
            return "There is no such field.";
        }

        var decision = app.Access.Decide(users.Find(user), table.Schema, TableAction.Change);
        return !decision.IsAllowed ? decision.Reason
            : await Permitted.FindAsync(table, key, decision.Filter, cancellationToken) is not null ? null
            : "There is no such record, or you may not change it.";
    }

    private Holding? Find(LeasedField field)
    {
        lock (_lock)
        {
            return _own.GetValueOrDefault(field);
        }
    }

    /// <returns>Whether the lease is the page's: it is still there, and nobody on this node was granted a newer one.</returns>
    private bool Keep(LiveConnection page, LeasedField field, Lease lease)
    {
        lock (_lock)
        {
            if (page.HasLeft || (_own.TryGetValue(field, out var known) && known.Lease.Token > lease.Token) || _own.Values.Count(o => o.Page == page) >= MostHeld)
            {
                return false;
            }

            _own[field] = new Holding(page, lease, clock.GetUtcNow());
            return true;
        }
    }

    private Lease? Drop(LeasedField field, Func<Holding, bool> which)
    {
        lock (_lock)
        {
            return _own.TryGetValue(field, out var holding) && which(holding) && _own.Remove(field) ? holding.Lease : null;
        }
    }

    /// <summary>A lease that cannot be given back now ends by itself.</summary>
    private async Task ReleaseAsync(Lease lease)
    {
        try
        {
            await Store.ReleaseAsync(lease, CancellationToken.None);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogNotReleased(e);
        }
    }

    private TableLeases Default() => new(
        (app.Database.IsReadOnly ? new MemoryDatabase(clock) : app.Database).FindSystem(SystemTables.LeasesName)
        ?? throw new InvalidOperationException("The database has no leases table. Start once with a database that may be written."), clock);

    [LoggerMessage(1122, LogLevel.Warning, "A lease could not be given back; it ends by itself")]
    private partial void LogNotReleased(Exception cause);
}
