using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Relational.Watching;

/// <summary>
/// Which records are being looked at, and how each looked when it was last seen. Where a database does not tell what
/// other programs write, comparing these copies with the records as they are now does.
/// </summary>
/// <param name="schemaOf">The schema of a table, or null when it is gone.</param>
internal sealed class WatchList(Func<string, TableSchema?> schemaOf)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, WatchedTable> _tables = new(StringComparer.Ordinal);

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _tables.Count == 0;
            }
        }
    }

    public IDisposable Add(string table, IReadOnlyCollection<RecordKey>? keys)
    {
        lock (_lock)
        {
            if (!_tables.TryGetValue(table, out var watched))
            {
                _tables.Add(table, watched = new WatchedTable());
            }

            watched.Add(keys);
            return new Registration(this, table, keys);
        }
    }

    /// <summary>Whether something came to be watched that was not read yet.</summary>
    public bool HasUnread
    {
        get
        {
            lock (_lock)
            {
                return _tables.Values.Any(t => t.IsUnread);
            }
        }
    }

    /// <summary>A consistent view of what is watched, to compare outside the lock.</summary>
    /// <param name="onlyUnread">Whether to leave out tables of which everything was read before.</param>
    public IReadOnlyList<Watched> Snapshot(bool onlyUnread)
    {
        lock (_lock)
        {
            List<Watched> snapshot = [];
            foreach (var (name, table) in _tables)
            {
                if (table.IsUnread || !onlyUnread)
                {
                    table.IsUnread = false;
                    snapshot.Add(new Watched(name, table.IsWhole && !table.IsTooLarge, [.. table.Keys], table.Copies));
                }
            }

            return snapshot;
        }
    }

    /// <summary>Takes over how records look now. Only the one poller calls this.</summary>
    /// <param name="table">The table.</param>
    /// <param name="copies">How its watched records look.</param>
    /// <param name="isTooLarge">Whether the whole table was asked for and is too large to copy.</param>
    public void Replace(string table, Copies copies, bool isTooLarge)
    {
        lock (_lock)
        {
            if (_tables.TryGetValue(table, out var watched))
            {
                watched.Copies = copies;
                watched.IsTooLarge |= isTooLarge;
            }
        }
    }

    /// <summary>Moves the copies along with changes that came through Tandem, so that they are not found again.</summary>
    public void Apply(IEnumerable<Change> changes)
    {
        lock (_lock)
        {
            foreach (var change in changes)
            {
                if (_tables.TryGetValue(change.Table, out var watched))
                {
                    watched.Apply(change, schemaOf);
                }
            }
        }
    }

    private void Remove(string table, IReadOnlyCollection<RecordKey>? keys)
    {
        lock (_lock)
        {
            if (_tables.TryGetValue(table, out var watched) && watched.Remove(keys))
            {
                _tables.Remove(table);
            }
        }
    }

    /// <param name="Table">The table's name.</param>
    /// <param name="IsWhole">Whether every record is watched.</param>
    /// <param name="Keys">The records watched singly.</param>
    /// <param name="Copies">How they looked last; null when they were never read.</param>
    internal sealed record Watched(string Table, bool IsWhole, IReadOnlyCollection<RecordKey> Keys, Copies? Copies);

    /// <param name="IsWhole">Whether the copies are of every record there was.</param>
    /// <param name="Records">The copies.</param>
    internal sealed record Copies(bool IsWhole, Dictionary<RecordKey, Record> Records);

    private sealed class WatchedTable
    {
        private readonly Dictionary<RecordKey, int> _keys = [];
        private int _whole;

        public bool IsWhole => _whole > 0;

        public IReadOnlyCollection<RecordKey> Keys => _keys.Keys;

        public Copies? Copies { get; set; }

        public bool IsUnread { get; set; }

        public bool IsTooLarge { get; set; }

        public void Add(IReadOnlyCollection<RecordKey>? keys)
        {
            if (keys is null)
            {
                IsUnread |= !IsTooLarge && Copies is not { IsWhole: true };
                _whole++;
                return;
            }

            foreach (var key in keys)
            {
                IsUnread |= Copies is null || !Copies.IsWhole && !Copies.Records.ContainsKey(key);
                _keys[key] = _keys.GetValueOrDefault(key) + 1;
            }
        }

        public bool Remove(IReadOnlyCollection<RecordKey>? keys)
        {
            if (keys is null)
            {
                _whole--;
            }

            foreach (var key in keys ?? [])
            {
                if (--_keys[key] == 0)
                {
                    _keys.Remove(key);
                }
            }

            return _whole == 0 && _keys.Count == 0;
        }

        public void Apply(Change change, Func<string, TableSchema?> schemaOf)
        {
            if (Copies is not { } copies)
            {
                return;
            }

            if (change.Kind == ChangeKind.Delete)
            {
                copies.Records.Remove(change.Key);
            }
            else if (copies.Records.TryGetValue(change.Key, out var copy))
            {
                copies.Records[change.Key] = copy.With(change.After);
            }
            else if (change.Kind == ChangeKind.Insert && copies.IsWhole && schemaOf(change.Table) is { } schema)
            {
                copies.Records[change.Key] = new Record(schema, [.. schema.Fields.Select(f => change.After.GetValueOrDefault(f.Name))]);
            }
        }
    }

    private sealed class Registration(WatchList list, string table, IReadOnlyCollection<RecordKey>? keys) : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                list.Remove(table, keys);
            }
        }
    }
}
