using Microsoft.Extensions.Logging;
using System.Collections.Concurrent;
using Tandem.Live;

namespace Tandem.Web;

/// <content>Live tables that the application's own pages share.</content>
public sealed partial class TandemApp
{
    private readonly Lock _liveLock = new();
    private readonly Dictionary<(Type, LiveTableMode), Task> _live = [];
    private readonly Dictionary<string, (int Version, Task<LiveTable> Table)> _liveByName = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<IAsyncDisposable> _openedTables = [];

    /// <summary>The live table of a class, opened at the first call and shared by all later ones until the application stops.</summary>
    /// <param name="mode">What it keeps in memory. Default: every record.</param>
    /// <exception cref="ArgumentException">The database has no table for the class.</exception>
    public Task<LiveTable<T>> LiveAsync<T>(LiveTableMode mode = LiveTableMode.Full)
        where T : class
    {
        lock (_liveLock)
        {
            if (!_live.TryGetValue((typeof(T), mode), out var opening))
            {
                _live[(typeof(T), mode)] = opening = OpenAsync<T>(mode);
            }

            return (Task<LiveTable<T>>)opening;
        }
    }

    /// <summary>The bounded live table of a name, opened at the first call and shared by all later ones until the application stops or the tables change.</summary>
    /// <param name="table">The table's name, compared exactly.</param>
    /// <exception cref="ArgumentException">The database has no such table.</exception>
    public Task<LiveTable> LiveAsync(string table)
    {
        var version = Database.SchemaVersion;
        lock (_liveLock)
        {
            if (!_liveByName.TryGetValue(table, out var known) || known.Version != version || known.Table.IsFaulted)
            {
                // Pages on the table as it was still read its old live table; it ends with the application.
                _liveByName[table] = known = (version, OpenAsync(table));
            }

            return known.Table;
        }
    }

    private async Task<LiveTable> OpenAsync(string table)
    {
        // Leaves the caller at once, who holds the lock.
        await Task.Yield();
        var source = Find(table) ?? throw new ArgumentException($"The database has no table '{table}'. Check the name; names are compared exactly.", nameof(table));
        return Opened(await LiveTable.OpenAsync(source));
    }

    private async Task<LiveTable<T>> OpenAsync<T>(LiveTableMode mode)
        where T : class
    {
        // Leaves the caller at once: a failure must come after this is entered, or it would stay there.
        await Task.Yield();
        try
        {
            var table = await LiveTable<T>.OpenAsync(Database, options: new LiveTableOptions { Mode = mode });
            Opened(table.Records);
            return table;
        }
        catch
        {
            // The next call tries again.
            lock (_liveLock)
            {
                _live.Remove((typeof(T), mode));
            }

            throw;
        }
    }

    private LiveTable Opened(LiveTable table)
    {
        _openedTables.Add(table);
        table.Reconciled += r => LogReconciled(r.Table, r.Compared, r.Differences);
        table.Faulted += e => LogFaulted(table.Schema.Name, e);
        return table;
    }

    [LoggerMessage(1, LogLevel.Information, "After a gap, live table {Table} was compared with its source: {Compared} records read, {Differences} differed.")]
    private partial void LogReconciled(string table, long compared, long differences);

    [LoggerMessage(2, LogLevel.Warning, "Live table {Table} could not follow its source; it is tried again.")]
    private partial void LogFaulted(string table, Exception cause);

    internal async Task CloseLiveAsync()
    {
        foreach (var table in _openedTables)
        {
            await table.DisposeAsync();
        }
    }
}
