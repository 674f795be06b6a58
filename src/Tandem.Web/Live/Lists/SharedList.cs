using Tandem.Live;
using Tandem.Live.Views;
using Tandem.Querying;

namespace Tandem.Web.Live.Lists;

/// <summary>
/// A list that several pages show: one standing query, each row formatted once, every page told. A page that joins gets the rows as
/// they are at that moment and every change after. Safe from any thread.
/// </summary>
internal sealed class SharedList(TandemApp app, LiveTable table, Query query, WatchOptions options)
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly HashSet<(LiveConnection Page, string Id)> _pages = [];
    private readonly List<ListRow> _rows = [];
    private readonly string[] _shown = [.. query.Fields ?? [.. table.Schema.Fields.Where(f => !f.IsSecret).Select(f => f.Name)]];
    private string? _cursor;

    /// <summary>The table it is of.</summary>
    public string Table => table.Schema.Name;

    /// <summary>Adds a page. It is told the rows at once when they are known.</summary>
    public void Join(LiveConnection page, string id)
    {
        lock (_lock)
        {
            _pages.Add((page, id));
            if (_cursor is not null)
            {
                page.Send(new ListMessage(id, _cursor, [.. _rows], null));
            }
        }
    }

    /// <returns>Whether nobody is left.</returns>
    public bool Leave(LiveConnection page, string id)
    {
        lock (_lock)
        {
            _pages.Remove((page, id));
            return _pages.Count == 0;
        }
    }

    /// <summary>Keeps the rows up until <see cref="End"/>.</summary>
    public async Task RunAsync()
    {
        try
        {
            await foreach (var update in table.WatchAsync(query, options, _ending.Token))
            {
                Tell(update);
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            // The last page left.
        }
    }

    /// <summary>Tells every page to read again what it shows.</summary>
    public void ResetPages()
    {
        lock (_lock)
        {
            foreach (var (page, _) in _pages)
            {
                page.Send(LiveConnection.Reset);
            }
        }
    }

    /// <summary>Ends the standing query.</summary>
    public void End() => _ending.Cancel();

    private void Tell(ViewUpdate update)
    {
        // Sending only puts into the pages' own bounded queues, so the lock is short and keeps every page's updates in order.
        lock (_lock)
        {
            _cursor = update.Cursor.Value;
            List<ListRowChange>? changes = null;
            switch (update)
            {
                case ViewUpdate.Snapshot snapshot:
                    _rows.Clear();
                    _rows.AddRange(snapshot.Rows.Select(Format));
                    break;
                case ViewUpdate.Changed { Changes.Count: > 0 } changed:
                    changes = [.. changed.Changes.Select(Apply)];
                    break;
                default:
                    return;
            }

            var rows = changes is null ? _rows.ToArray() : null;
            foreach (var (page, id) in _pages)
            {
                page.Send(new ListMessage(id, _cursor, rows, changes));
            }
        }
    }

    private ListRowChange Apply(ViewChange change)
    {
        switch (change)
        {
            case ViewChange.Inserted inserted:
                var row = Format(inserted.Row);
                _rows.Insert(inserted.Index, row);
                return new ListRowChange("insert", inserted.Index, null, row, null);
            case ViewChange.Updated updated:
                _rows[updated.Index] = Format(updated.Row);
                return new ListRowChange("update", updated.Index, null, _rows[updated.Index], updated.Fields);
            case ViewChange.Moved moved:
                _rows.RemoveAt(moved.From);
                var mover = Format(moved.Row);
                _rows.Insert(moved.To, mover);
                return new ListRowChange("move", moved.To, moved.From, mover, moved.Fields);
            case ViewChange.Removed removed:
                _rows.RemoveAt(removed.Index);
                return new ListRowChange("remove", removed.Index, null, null, null);
            default:
                throw new InvalidOperationException($"A list does not know what {change} is.");
        }
    }

    private ListRow Format(ViewRow row) => RowFormatter.Row(app, row, _shown);
}
