using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Editing;

/// <summary>
/// One person's work on one record: base (what they started from), mine (what they typed) and theirs (what the source says
/// now). Nothing is saved until asked. Safe from any thread; <see cref="Changed"/> is raised outside the lock.
/// </summary>
public sealed partial class RecordEdit : IDisposable
{
    private readonly Lock _lock = new();
    private readonly IDatabase? _database;
    private readonly ITable _table;
    private readonly WriteContext _by;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, FieldEdit> _fields;
    private readonly Dictionary<string, (string By, DateTimeOffset At)> _theirs = new(StringComparer.Ordinal);
    private RecordKey? _key;
    private long _asOf;
    private bool _isGone;
    private volatile bool _isDisposed;

    private RecordEdit(IDatabase? database, ITable table, WriteContext by, Record? record)
    {
        (_database, _table, _by, _key) = (database, table, by, record?.Key);
        _fields = table.Schema.Fields.ToDictionary(f => f.Name, f => FieldEdit.Start(record is null ? f.DefaultValue : record[f.Name]), StringComparer.Ordinal);
    }

    /// <summary>Theirs changed: the names of the fields; empty when the record went.</summary>
    public event Action<IReadOnlyCollection<string>>? Changed;

    /// <summary>Following theirs failed; it goes on from a fresh read. The cause: the feed's, or that of a handler of <see cref="Changed"/>. Must not throw.</summary>
    public event Action<Exception>? Faulted;

    /// <summary>The record's key; null while it is not stored yet.</summary>
    public RecordKey? Key
    {
        get
        {
            lock (_lock)
            {
                return _key;
            }
        }
    }

    /// <summary>Whether the record was deleted by somebody else. The draft stays.</summary>
    public bool IsGone
    {
        get
        {
            lock (_lock)
            {
                return _isGone;
            }
        }
    }

    /// <summary>The fields a save would send.</summary>
    public IReadOnlyList<string> ModifiedFields
    {
        get
        {
            lock (_lock)
            {
                return [.. _fields.Where(f => f.Value.IsModified(_table.Schema[f.Key])).Select(f => f.Key)];
            }
        }
    }

    /// <summary>The fields changed on both sides to different values.</summary>
    public IReadOnlyList<Conflict> Conflicts
    {
        get
        {
            lock (_lock)
            {
                return [.. _fields.Where(f => f.Value.IsConflict(_table.Schema[f.Key])).Select(f => new Conflict(
                    f.Key, f.Value.Base, f.Value.Mine, f.Value.Theirs,
                    _theirs.TryGetValue(f.Key, out var source) ? source.By : null,
                    _theirs.TryGetValue(f.Key, out source) ? source.At : null))];
            }
        }
    }

    /// <summary>Starts editing a stored record.</summary>
    /// <param name="database">Where the table lives; tells who made a conflicting change. May be null.</param>
    /// <param name="table">The table.</param>
    /// <param name="key">The record.</param>
    /// <param name="actor">The person's name, as the journal keeps it.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The edit, or null when there is no such record.</returns>
    public static async Task<RecordEdit?> OpenAsync(IDatabase? database, ITable table, RecordKey key, string actor, CancellationToken cancellationToken = default)
    {
        var changes = table.ChangesAsync(null, CancellationToken.None);
        if (await table.GetAsync(key, cancellationToken).ConfigureAwait(false) is not { } record)
        {
            return null;
        }

        var edit = new RecordEdit(database, table, new WriteContext(actor), record);
        _ = Task.Run(() => edit.FollowAsync(changes), CancellationToken.None);
        return edit;
    }

    /// <summary>Starts a record that is not stored yet.</summary>
    public static RecordEdit New(IDatabase? database, ITable table, string actor) => new(database, table, new WriteContext(actor), null);

    /// <summary>What the person sees in a field.</summary>
    public object? this[string field]
    {
        get
        {
            lock (_lock)
            {
                return _fields[field].Value;
            }
        }
        set => Set(field, value);
    }

    /// <summary>The person typed a value. Invalid values are allowed until the save.</summary>
    /// <exception cref="KeyNotFoundException">The table has no such field.</exception>
    /// <exception cref="ObjectDisposedException">The edit was ended.</exception>
    public void Set(string field, object? value)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _fields[field] = _fields[field].Set(_table.Schema[field], value);
        }
    }

    /// <summary>Gives all fields back to the source.</summary>
    public void Revert()
    {
        foreach (var field in _fields.Keys.ToList())
        {
            Revert(field);
        }
    }

    /// <summary>Gives one field back to the source: takes theirs.</summary>
    public void Revert(string field)
    {
        lock (_lock)
        {
            _fields[field] = _fields[field].Revert();
        }
    }

    /// <summary>Settles a conflict by keeping mine: the next save replaces what is theirs now.</summary>
    public void KeepMine(string field)
    {
        lock (_lock)
        {
            _fields[field] = _fields[field].KeepMine(_table.Schema[field]);
        }
    }

    /// <summary>Saves the modified fields, guarded by what they were based on. Saving an unchanged edit writes nothing.</summary>
    public async Task<SaveResult> SaveAsync(CancellationToken cancellationToken = default)
    {
        Patch set;
        Patch basis;
        RecordKey? key;
        // The place is taken before a new record is stored, so that nothing that happens to it is missed.
        var changes = Key is null ? _table.ChangesAsync(null, CancellationToken.None) : null;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var sent = _fields.Where(f => f.Value.IsTouched && (_key is null || f.Value.IsModified(_table.Schema[f.Key]))).ToList();
            set = new Patch(sent.Select(f => KeyValuePair.Create(f.Key, f.Value.Mine)));
            basis = new Patch(sent.Select(f => KeyValuePair.Create(f.Key, f.Value.Base)));
            key = _key;
        }

        var result = key is null
            ? await RecordSaver.CreateAsync(_table, set, _by, cancellationToken).ConfigureAwait(false)
            : set.IsEmpty
                ? await UnchangedAsync(key, cancellationToken).ConfigureAwait(false)
                : await RecordSaver.SaveAsync(_database, _table, key, set, basis, _by, cancellationToken).ConfigureAwait(false);
        TakeIn(result, set);
        if (result is SaveResult.Created && changes is not null)
        {
            _ = Task.Run(() => FollowAsync(changes), CancellationToken.None);
        }

        return result;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
        }

        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task<SaveResult> UnchangedAsync(RecordKey key, CancellationToken cancellationToken) =>
        await _table.GetAsync(key, cancellationToken).ConfigureAwait(false) is { } stored ? new SaveResult.Saved(stored) : new SaveResult.Gone();

    private void TakeIn(SaveResult result, Patch sent)
    {
        lock (_lock)
        {
            switch (result)
            {
                case SaveResult.Saved saved:
                    Stored(saved.Stored, saved.Sequence, sent);
                    break;
                case SaveResult.PartlySaved partly:
                    Stored(partly.Stored, partly.Sequence, sent);
                    break;
                case SaveResult.Created created:
                    _key = created.Key;
                    Stored(created.Stored, created.Sequence, sent);
                    break;
                case SaveResult.Conflicted conflicted:
                    foreach (var conflict in conflicted.Conflicts)
                    {
                        _fields[conflict.Field] = _fields[conflict.Field].Follow(_table.Schema[conflict.Field], conflict.Theirs);
                        if (conflict is { By: { } by, At: { } at })
                        {
                            _theirs[conflict.Field] = (by, at);
                        }
                    }

                    break;
                case SaveResult.Gone:
                    _isGone = true;
                    break;
            }
        }
    }

    /// <summary>What was sent is settled; what was typed meanwhile stays.</summary>
    private void Stored(Record stored, long sequence, Patch sent)
    {
        _asOf = Math.Max(_asOf, sequence);
        foreach (var field in _table.Schema.Fields)
        {
            var edit = _fields[field.Name];
            var typedOn = !sent.TryGetValue(field.Name, out var value) || !Values.Same(field, edit.Mine, value);
            _fields[field.Name] = typedOn ? edit.Follow(field, stored[field.Name]) : FieldEdit.Start(stored[field.Name]);
        }
    }
}
