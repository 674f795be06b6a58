using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Tables;

/// <summary>Tables in memory with a journal and a feed: the twin of a real database for first steps and fast tests. Nothing outlives the process.</summary>
public sealed partial class MemoryDatabase : IDatabase, IChangeFeed, IJournalReader
{
    private readonly Lock _lock = new();
    private readonly List<Change> _journal = [];
    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal);
    private readonly FeedBuffer _buffer;
    private long _trimmed;
    private readonly TimeProvider _clock;
    private List<ITable> _tables = [];

    /// <summary>Makes a database without tables of people's own.</summary>
    /// <param name="clock">Tells the time of changes, and how old journal entries are when it is trimmed. Null for the system's clock.</param>
    public MemoryDatabase(TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        _buffer = new FeedBuffer(this);
        _buffer.Append(CursorAt(0), []);
        Add(SystemTables.Users("tandem_users"));
        Add(SystemTables.Groups("tandem_groups"));
        Add(SystemTables.Members("tandem_members"));
        Add(SystemTables.Tokens("tandem_tokens"));
        Add(SystemTables.SignInLinks("tandem_links"));
        Add(SystemTables.Leases("tandem_leases"));
        Add(SystemTables.Views("tandem_views"));
        Add(SystemTables.Grants("tandem_grants"));
        Add(SystemTables.ViewAs("tandem_view_as"));
    }

    /// <summary>A short name for people. Default: <c>memory</c>.</summary>
    public string Name { get; init; } = "memory";

    public string Product => "memory";

    public bool IsReadOnly => false;

    public IReadOnlyList<ITable> Tables => _tables;

    public int SchemaVersion { get; private set; } = 1;

    public IChangeFeed Feed => this;

    public IReadOnlyList<string> Notes => [];

    public string Description => "changes are heard at once: everything is in this process";

    public Cursor Current => _buffer.Current;

    internal Lock Lock => _lock;

    /// <summary>Adds an empty table, or gives the one of that name. Safe from any thread.</summary>
    /// <param name="schema">The table's shape. Where there is a table of that name, it keeps its own.</param>
    /// <returns>The table.</returns>
    public ITable Add(TableSchema schema)
    {
        lock (_lock)
        {
            if (Find(schema.Name) is { } existing)
            {
                return existing;
            }

            var table = new MemoryTable(this, schema);
            _tables = [.. _tables, table];
            SchemaVersion++;
            return table;
        }
    }

    /// <summary>Adds an empty table shaped after a class: its properties are the fields, <c>[Key]</c> or <c>Id</c> the key.</summary>
    /// <param name="table">The table's name. Null for the class's own.</param>
    /// <returns>The table, or the one of that name that was there.</returns>
    public ITable Add<T>(string? table = null)
        where T : class => Add(Entities.EntitySchema.Of(typeof(T), table ?? Entities.EntitySchema.TableOf(typeof(T))));

    public ITable? Find(string table) => _tables.Find(t => t.Schema.Name == table);

    public ITable? FindSystem(string name) => Find("tandem_" + name);

    public Task ReloadAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public async ValueTask<RecordCount> EstimateAsync(string table, CancellationToken cancellationToken = default) =>
        Find(table) is { } found ? new(await found.CountAsync(Querying.Filter.All, cancellationToken).ConfigureAwait(false), true) : default;

    public Task<IReadOnlyList<Change>> HistoryAsync(string? table, RecordKey? key, int limit, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<Change>>([.. _journal
                .Where(c => (table is null || c.Table == table) && (key is null || c.Key.Equals(key)))
                .Reverse().Take(limit)]);
        }
    }

    public Task<IReadOnlyList<Change>> OperationAsync(string operation, int limit, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<Change>>([.. _journal.Where(c => c.Operation == operation).Reverse().Take(limit)]);
        }
    }

    public Task<string?> ReadSettingAsync(string name, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            return Task.FromResult(_settings.GetValueOrDefault(name));
        }
    }

    public Task<string> KeepSettingAsync(string name, string value, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            return Task.FromResult(_settings.TryAdd(name, value) ? value : _settings[name]);
        }
    }

    public IAsyncEnumerable<IReadOnlyList<Change>> ReadAsync(Cursor? after, CancellationToken cancellationToken)
    {
        if (after is { } cursor)
        {
            _ = SequenceOf(cursor);
        }

        return _buffer.ReadAsync(after, cancellationToken);
    }

    public IDisposable Watch(string table, IReadOnlyCollection<RecordKey>? keys) => Nothing.Instance;

    public Task<IReadOnlyList<Change>> MissedAsync(Cursor after, int limit, CancellationToken cancellationToken = default) =>
        ((IJournalReader)this).ReadAsync(after, Current, limit, cancellationToken);

    public Task SettledAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    public IChangeStream Follow(string? table = null, Cursor? after = null) => _buffer.Follow(after, table, _ => Task.CompletedTask);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    Task<IReadOnlyList<Change>> IJournalReader.ReadAsync(Cursor after, Cursor upTo, int limit, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            var from = SequenceOf(after);
            return Task.FromResult<IReadOnlyList<Change>>([.. _journal.Skip((int)(from - _trimmed)).Take((int)Math.Min(limit, SequenceOf(upTo) - from))]);
        }
    }

    private static Cursor CursorAt(long sequence) => new(sequence.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private long SequenceOf(Cursor cursor) => long.TryParse(cursor.Value, out var sequence) && sequence >= _trimmed && sequence <= _trimmed + _journal.Count
        ? sequence
        : throw new CursorExpiredException($"'{cursor}' is not a cursor of this feed. Read the table again and follow from there.");

    private sealed class Nothing : IDisposable
    {
        public static Nothing Instance { get; } = new();

        public void Dispose()
        {
            // Nothing is polled in memory, so there is nothing to stop watching.
        }
    }
}
