using System.Collections.Concurrent;
using System.Globalization;
using Tandem.Tables;
using Tandem.Web;

namespace Tandem.Admin.Shell;

/// <summary>How many records the tables have, a few seconds old at most while pages ask, without a page ever waiting long.</summary>
internal sealed class TableCounts(TandemApp app, TimeProvider clock)
{
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(150);
    private readonly ConcurrentDictionary<string, (RecordCount Count, DateTimeOffset At)> _known = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task> _running = new(StringComparer.Ordinal);

    public async Task<IReadOnlyDictionary<string, RecordCount?>> GetAsync(IReadOnlyList<string> tables, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        List<Task> first = [];
        foreach (var table in tables)
        {
            var isKnown = _known.TryGetValue(table, out var known);
            if (isKnown && now - known.At < s_fresh)
            {
                continue;
            }

            var running = Refresh(table);
            if (!isKnown)
            {
                first.Add(running);
            }
        }

        if (first.Count > 0)
        {
            await Task.WhenAny(Task.WhenAll(first), Task.Delay(s_patience, clock, cancellationToken));
        }

        return tables.ToDictionary(t => t, t => _known.TryGetValue(t, out var known) ? known.Count : (RecordCount?)null, StringComparer.Ordinal);
    }

    /// <summary>A count as people say it: exact numbers with separators, estimates rounded and marked.</summary>
    public static string Say(RecordCount? count)
    {
        if (count is not { } known)
        {
            return "…";
        }

        if (known.IsExact)
        {
            return known.Value.ToString("N0", CultureInfo.InvariantCulture);
        }

        var step = 1L;
        while (known.Value / step >= 1000)
        {
            step *= 10;
        }

        return "about " + (known.Value / step * step).ToString("N0", CultureInfo.InvariantCulture);
    }

    private Task Refresh(string table)
    {
        lock (_lock)
        {
            return _running.TryGetValue(table, out var running) ? running : _running[table] = RefreshAsync(table);
        }
    }

    private async Task RefreshAsync(string table)
    {
        // Leaves the caller at once: a page asks for all counts before it waits for any, and the end comes after this is entered.
        await Task.Yield();
        try
        {
            _known[table] = (await app.Database.EstimateAsync(table), clock.GetUtcNow());
        }
        catch (TandemException)
        {
            // The page shows no number; the next one asks again.
        }
        finally
        {
            lock (_lock)
            {
                _running.Remove(table);
            }
        }
    }
}
