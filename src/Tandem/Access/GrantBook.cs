using Tandem.Changes;
using Tandem.Tables;

namespace Tandem.Access;

/// <summary>Whom a change of grants may concern.</summary>
/// <param name="SubjectKind">What kind of subject.</param>
/// <param name="Subject">The user or group; null for everyone.</param>
/// <param name="Table">The table; null for all.</param>
/// <param name="Key">The one record, as grants spell keys; null for more.</param>
public sealed record GrantsChange(SubjectKind SubjectKind, string? Subject, string? Table, string? Key = null);

/// <summary>
/// The grants in memory, kept up with the grants table, so that what is given or taken away on any node counts at once. Safe from any thread.
/// </summary>
public sealed class GrantBook : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private List<Grant> _grants = [];
    private RecordGrants _records = new();
    private TableFollower? _follower;
    private ITable? _table;
    private readonly string? _name;
    private int _version;

    /// <summary>Grants changed: whom it may concern. Raised outside any lock, after decisions follow the new grants.</summary>
    public event Action<IReadOnlyCollection<GrantsChange>>? Changed;

    /// <summary>Following the table was interrupted; it goes on by itself. Raised outside any lock.</summary>
    public event Action<Exception>? Interrupted;

    /// <summary>Rises with every change.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>An empty book.</summary>
    public GrantBook()
    {
    }

    /// <summary>A book that follows no table but knows which one a source can join: for tests.</summary>
    internal GrantBook(string table) => _name = table;

    /// <summary>The name of the grants table; null where there is none.</summary>
    public string? Table => _name ?? _table?.Schema.Name;

    /// <summary>Loads the grants of a database and follows its grants table.</summary>
    public async Task FollowAsync(IDatabase database, TimeProvider clock, CancellationToken cancellationToken = default)
    {
        if (database.FindSystem(SystemTables.GrantsName) is { } table)
        {
            _table = table;
            _follower = await TableFollower.StartAsync(database, table, clock, LoadAsync, ApplyAsync, e => Interrupted?.Invoke(e), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The grants that are not about single records, and may be about a table.</summary>
    internal IReadOnlyList<Grant> Of(string? table)
    {
        lock (_lock)
        {
            return [.. _grants.Where(g => g.Table is null || g.Table == table)];
        }
    }

    internal int CountRecords(string table, SubjectKind kind, IEnumerable<string> subjects, TableAction action, bool isAllow)
    {
        lock (_lock)
        {
            return subjects.Sum(s => _records.Count(table, kind, s, action, isAllow));
        }
    }

    internal bool Contains(string table, SubjectKind kind, IReadOnlyList<string> subjects, TableAction action, bool isAllow, string key)
    {
        lock (_lock)
        {
            foreach (var subject in subjects)
            {
                if (_records.Contains(table, kind, subject, action, isAllow, key))
                {
                    return true;
                }
            }

            return false;
        }
    }

    internal IReadOnlyList<string> Keys(string table, SubjectKind kind, IEnumerable<string> subjects, TableAction action, bool isAllow)
    {
        lock (_lock)
        {
            return [.. subjects.SelectMany(s => _records.Keys(table, kind, s, action, isAllow)).Distinct(StringComparer.Ordinal)];
        }
    }

    /// <summary>Takes grants as they are, without a table: for tests and tools.</summary>
    internal void Replace(IEnumerable<Grant> grants)
    {
        List<Grant> general = [];
        RecordGrants records = new();
        foreach (var grant in grants)
        {
            Add(grant, general, records);
        }

        Replace(general, records);
    }

    private static void Add(Grant grant, List<Grant> general, RecordGrants records)
    {
        if (grant.Level == GrantLevel.Record)
        {
            records.Add(grant);
        }
        else
        {
            general.Add(grant);
        }
    }

    private void Replace(List<Grant> general, RecordGrants records)
    {
        lock (_lock)
        {
            (_grants, _records) = (general, records);
            _version++;
        }

        Changed?.Invoke([new GrantsChange(SubjectKind.Everyone, null, null)]);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _follower, null) is { } follower)
        {
            await follower.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        // Batch by batch: a million grants as objects would be many times what is kept of them.
        List<Grant> general = [];
        RecordGrants records = new();
        await foreach (var batch in _table!.ScanAsync(null, cancellationToken).ConfigureAwait(false))
        {
            foreach (var grant in batch.Select(r => Grant.From(f => r[f])).OfType<Grant>())
            {
                Add(grant, general, records);
            }
        }

        Replace(general, records);
    }

    private async Task ApplyAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken)
    {
        // Grants are given and taken back, not changed; only another program does, and its entries do not tell all that was there before.
        if (changes.Any(c => (c.Kind == ChangeKind.Update && c.After.Keys.Any(f => f != "note")) || (c.Kind == ChangeKind.Delete && c.Before.IsEmpty)))
        {
            await LoadAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        HashSet<GrantsChange> concerned = [];
        lock (_lock)
        {
            foreach (var change in changes.Where(c => c.Kind != ChangeKind.Update))
            {
                var isGiven = change.Kind == ChangeKind.Insert;
                if (Grant.From(f => (isGiven ? change.After : change.Before).GetValueOrDefault(f)) is { } grant)
                {
                    Put(grant, isGiven);
                    concerned.Add(new GrantsChange(grant.SubjectKind, grant.Subject, grant.Table, grant.Key));
                }
            }

            _version++;
        }

        Changed?.Invoke(concerned);
    }

    private void Put(Grant grant, bool isGiven)
    {
        if (grant.Level == GrantLevel.Record)
        {
            (isGiven ? (Action<Grant>)_records.Add : _records.Remove)(grant);
            return;
        }

        // A new list each time: readers may still walk the old one.
        List<Grant> others = [.. _grants.Where(g => g.Id != grant.Id)];
        _grants = isGiven ? [.. others, grant] : others;
    }
}
