using Tandem.Changes;
using Tandem.Records;

namespace Tandem.Web.Live;

/// <summary>Finds the pages that a change concerns: by table, then by key. A change nobody watches costs two lookups.</summary>
internal sealed class WatchIndex
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LiveConnection> _connections = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TableWatchers> _tables = new(StringComparer.Ordinal);

    private sealed class TableWatchers
    {
        public Dictionary<RecordKey, HashSet<LiveConnection>> ByKey { get; } = [];

        public HashSet<LiveConnection> Whole { get; } = [];

        public HashSet<LiveConnection> All { get; } = [];
    }

    public void Add(LiveConnection connection)
    {
        lock (_lock)
        {
            _connections[connection.Id] = connection;
        }
    }

    public LiveConnection? Find(string id)
    {
        lock (_lock)
        {
            return _connections.GetValueOrDefault(id);
        }
    }

    public LiveConnection? Remove(string id)
    {
        lock (_lock)
        {
            if (_connections.Remove(id, out var connection))
            {
                Forget(connection);
                connection.Tables = new Dictionary<string, Watched>();
            }

            return connection;
        }
    }

    /// <summary>Replaces what a page watches.</summary>
    /// <returns>Whether the page is still there.</returns>
    public bool Watch(LiveConnection connection, IReadOnlyDictionary<string, Watched> tables)
    {
        lock (_lock)
        {
            if (!_connections.ContainsKey(connection.Id))
            {
                return false;
            }

            Forget(connection);
            connection.Tables = tables;
            foreach (var (name, watched) in tables)
            {
                if (!_tables.TryGetValue(name, out var table))
                {
                    _tables[name] = table = new TableWatchers();
                }

                table.All.Add(connection);
                if (watched.Whole)
                {
                    table.Whole.Add(connection);
                }

                foreach (var key in watched.Keys)
                {
                    if (!table.ByKey.TryGetValue(key, out var watchers))
                    {
                        table.ByKey[key] = watchers = [];
                    }

                    watchers.Add(connection);
                }
            }

            return true;
        }
    }

    /// <summary>The pages a change concerns, each with what it watches of the change's table.</summary>
    public IReadOnlyList<(LiveConnection Connection, Watched Watched)> Concerned(Change change)
    {
        lock (_lock)
        {
            if (!_tables.TryGetValue(change.Table, out var table))
            {
                return [];
            }

            if (change.Kind == ChangeKind.Reset)
            {
                return [.. table.All.Select(c => (c, c.Tables[change.Table]))];
            }

            var byKey = table.ByKey.GetValueOrDefault(change.Key);
            return byKey is null && table.Whole.Count == 0
                ? []
                : [.. (byKey ?? []).Union(table.Whole).Select(c => (c, c.Tables[change.Table]))];
        }
    }

    /// <summary>The pages that show a record.</summary>
    public IReadOnlyList<LiveConnection> Showing(string table, RecordKey key)
    {
        lock (_lock)
        {
            return _tables.TryGetValue(table, out var watchers) && watchers.ByKey.TryGetValue(key, out var pages) ? [.. pages] : [];
        }
    }

    public IReadOnlyList<LiveConnection> All()
    {
        lock (_lock)
        {
            return [.. _connections.Values];
        }
    }

    private void Forget(LiveConnection connection)
    {
        foreach (var (name, watched) in connection.Tables)
        {
            if (!_tables.TryGetValue(name, out var table))
            {
                continue;
            }

            table.All.Remove(connection);
            table.Whole.Remove(connection);
            foreach (var key in watched.Keys)
            {
                if (table.ByKey.TryGetValue(key, out var watchers) && watchers.Remove(connection) && watchers.Count == 0)
                {
                    table.ByKey.Remove(key);
                }
            }

            if (table.All.Count == 0)
            {
                _tables.Remove(name);
            }
        }
    }
}
