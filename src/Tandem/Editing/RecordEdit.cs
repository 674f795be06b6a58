using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Editing;

/// <summary>
/// One person's work on one record: base (what they started from), mine (what they typed) and theirs (what the source says
/// now). Nothing is saved until asked. Safe from any thread; events are raised outside the lock.
/// </summary>
public sealed partial class RecordEdit : IDisposable
{
    private static long s_count;
    private readonly Lock _lock = new();
    private readonly IDatabase? _database;
    private readonly RecordEditOptions _options;
    private readonly WriteContext _by;
    private readonly SynchronizationContext? _context;
    private readonly CancellationTokenSource _stop = new();
    private readonly Draft _draft;
    private RecordKey _key;
    private string? _version;
    private long _asOf;
    private bool _isNew;
    private bool _isGone;
    private volatile bool _isDisposed;

    private RecordEdit(IDatabase? database, ITable table, string actor, RecordEditOptions options, Record? record, SynchronizationContext? context)
    {
        options.Check();
        (_database, Table, _options, _isNew) = (database, table, options, record is null);
        _by = new WriteContext(actor, options.Operation);
        _context = options.KeepsContext ? context : null;
        _merges = options.Policies.Values.Any(p => p != FieldPolicy.Ask);
        _given = record is null ? NewKey.Given(table.Schema) : Patch.Empty;
        _draft = new Draft(table.Schema, f => record is null ? _given.GetValueOrDefault(f.Name, f.DefaultValue) : record[f.Name], new Dictionary<string, FieldPolicy>(options.Policies));
        _temporary = record is null ? NewKey.Temporary(table.Schema) : null;
        _key = record?.Key ?? KeyOfDraft();
        _version = record?.Version;
    }

    /// <summary>The table the record is, or will be, in.</summary>
    public ITable Table { get; }

    /// <summary>
    /// The record's key. A new record has one before it is stored: a UUID that it will keep, a <see cref="TemporaryKey"/> where the source
    /// numbers records, or else what was typed so far.
    /// </summary>
    public RecordKey Key => Locked(() => _key);

    /// <summary>Whether the record is not stored yet.</summary>
    public bool IsNew => Locked(() => _isNew);

    /// <summary>Whether the record was deleted by somebody else. The draft stays.</summary>
    public bool IsGone => Locked(() => _isGone);

    /// <summary>The fields a save would send.</summary>
    public IReadOnlyList<string> ModifiedFields => Locked(() => _draft.Modified);

    /// <summary>The fields changed on both sides to different values, and under a version guard those a save was refused for.</summary>
    public IReadOnlyList<Conflict> Conflicts => Locked(() => _draft.Conflicts);

    /// <summary>Where edits stand in an order in which several of them can be saved together.</summary>
    internal long Number { get; } = Interlocked.Increment(ref s_count);

    /// <summary>Starts editing a stored record.</summary>
    /// <param name="database">Where the table lives; its journal tells what became of a save whose connection broke. May be null.</param>
    /// <param name="table">The table.</param>
    /// <param name="key">The record.</param>
    /// <param name="actor">The person's name, as the journal keeps it.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The edit, or null when there is no such record.</returns>
    public static Task<RecordEdit?> OpenAsync(IDatabase? database, ITable table, RecordKey key, string actor, CancellationToken cancellationToken = default) =>
        OpenAsync(database, table, key, actor, new RecordEditOptions(), cancellationToken);

    /// <summary>Starts editing a stored record.</summary>
    /// <param name="database">Where the table lives; its journal tells what became of a save whose connection broke. May be null.</param>
    /// <param name="table">The table.</param>
    /// <param name="key">The record.</param>
    /// <param name="actor">The person's name, as the journal keeps it.</param>
    /// <param name="options">Policies, guard, clock.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The edit, or null when there is no such record.</returns>
    /// <exception cref="ArgumentException">The options do not fit the table.</exception>
    public static async Task<RecordEdit?> OpenAsync(IDatabase? database, ITable table, RecordKey key, string actor, RecordEditOptions options, CancellationToken cancellationToken = default)
    {
        var context = SynchronizationContext.Current;
        // The stream's place is taken before the record is read, so that no change falls between.
        var stream = RecordStream.Open(database, table).Watch(key);
        RecordEdit? edit = null;
        try
        {
            if (await table.GetAsync(key, cancellationToken).ConfigureAwait(false) is { } record)
            {
                if (options.Guard == GuardMode.Version && record.Version is null)
                {
                    throw new ArgumentException($"Records of '{table.Schema.Name}' carry no version to guard by. Guard by fields.", nameof(options));
                }

                edit = new RecordEdit(database, table, actor, options, record, context);
                edit.StartFollowing(stream);
            }
        }
        finally
        {
            if (edit is null)
            {
                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }

        return edit;
    }

    /// <summary>Starts a record that is not stored yet.</summary>
    /// <param name="database">Where the table lives. May be null.</param>
    /// <param name="table">The table.</param>
    /// <param name="actor">The person's name, as the journal keeps it.</param>
    /// <param name="options">Null for the defaults.</param>
    public static RecordEdit New(IDatabase? database, ITable table, string actor, RecordEditOptions? options = null) =>
        new(database, table, actor, options ?? new RecordEditOptions(), null, SynchronizationContext.Current);

    /// <summary>What the person sees in a field.</summary>
    /// <exception cref="KeyNotFoundException">The table has no such field.</exception>
    public object? this[string field]
    {
        get => Get(field);
        set => Set(field, value);
    }

    /// <summary>What the person sees in a field.</summary>
    /// <exception cref="KeyNotFoundException">The table has no such field.</exception>
    public object? Get(string field) => Locked(() => _draft.Value(field));

    /// <summary>The person typed a value. Invalid values are allowed until the save; <see cref="GetErrors"/> tells about them at once.</summary>
    /// <exception cref="KeyNotFoundException">The table has no such field.</exception>
    /// <exception cref="ObjectDisposedException">The edit was ended.</exception>
    public void Set(string field, object? value) => Act(() =>
    {
        _draft.Set(field, value);
        Mended(field);
    });

    /// <summary>Types a value that is worked out from what is seen, with nothing in between: theirs may change at any time.</summary>
    /// <param name="field">The field.</param>
    /// <param name="change">Gives the new value. Must be short and not use the edit.</param>
    /// <exception cref="KeyNotFoundException">The table has no such field.</exception>
    /// <exception cref="ObjectDisposedException">The edit was ended.</exception>
    public void Update(string field, Func<object?, object?> change) => Act(() =>
    {
        _draft.Set(field, change(_draft.Value(field)));
        Mended(field);
    });

    /// <summary>Gives all fields back to the source.</summary>
    /// <exception cref="ObjectDisposedException">The edit was ended.</exception>
    public void Revert() => Act(() =>
    {
        foreach (var field in Table.Schema.Fields)
        {
            _draft.Resolve(field.Name, Resolution.Theirs);
            Mended(field.Name);
        }
    });

    /// <summary>Gives one field back to the source: takes theirs.</summary>
    /// <exception cref="KeyNotFoundException">The table has no such field.</exception>
    /// <exception cref="ObjectDisposedException">The edit was ended.</exception>
    public void Revert(string field) => Resolve(field, Resolution.Theirs);

    /// <summary>Settles a conflict. A field without one may be resolved too: mine and a merged value stay to be saved, theirs gives the field back.</summary>
    /// <exception cref="KeyNotFoundException">The table has no such field.</exception>
    /// <exception cref="ObjectDisposedException">The edit was ended.</exception>
    public void Resolve(string field, Resolution resolution) => Act(() =>
    {
        _draft.Resolve(field, resolution);
        Mended(field);
    });

    /// <summary>Ends the edit: theirs is not followed any more, and every member that acts says so. What was typed can still be read. May be called twice.</summary>
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

    private T Locked<T>(Func<T> read)
    {
        lock (_lock)
        {
            return read();
        }
    }
}
