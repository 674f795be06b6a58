using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;

namespace Tandem.Live.Views;

/// <summary>
/// A standing query, kept up once for everybody who watches it. Steps are noted as they come and worked off one after the
/// other, elsewhere than on the pump, so that a view that must ask the source delays nobody.
/// </summary>
/// <remarks>
/// States: <c>opening</c> (nothing known; hears every step), <c>standing</c> (hears of its records and of what its filter
/// matches), <c>asking</c> (a row went and the next is not held, or everything must be read again: it hears every step, reads, waits
/// until the table has passed what the reading may have seen, takes the steps up to there in, and tells all of it as one
/// update), <c>closed</c>. Subscribers are told only between, so that every update is as of its cursor.
/// </remarks>
internal sealed partial class View : IStepListener
{
    private const int MostRounds = 8;
    private const int MostSteps = 10_000;
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(10);
    private readonly LiveTable _table;
    private readonly Routes _routes;
    private readonly Query _query;
    private readonly WatchOptions _options;
    private readonly ViewLabels _labels;
    private readonly Action<View> _abandoned;
    private readonly Lock _lock = new();
    private readonly List<ViewSubscription> _subscribers = [];
    private Queue<StepPart> _inbox = new();
    private TimeSpan _pause = s_shortestPause;
    private bool _isRunning;
    private bool _isOpen;
    private bool _isClosed;

    public View(LiveTable table, Routes routes, Query query, WatchOptions options, Action<View> abandoned)
    {
        (_table, _routes, _options, _abandoned) = (table, routes, options, abandoned);
        _total = PageCursor.TotalOrder(table.Schema, query);
        // A row's order, filter and references must be known to keep it in its place, asked for or not.
        _query = query with { Fields = query.Fields is null ? null : [.. query.Fields.Union(ViewShape.Deciding(query)).Union(options.Labels.Keys).Union(table.Schema.Key)] };
        _rowSchema = _query.Fields is null ? table.Schema : table.Schema.Project(_query.Fields);
        _isLocal = Locality.IsLocal(table.Schema, query);
        _window = new ViewWindow(table.Schema, _total, query.First);
        _labels = new ViewLabels(table.Schema, options.Labels, Wake);
    }

    /// <summary>Begins to follow. Called once.</summary>
    public void Open()
    {
        _routes.Add(this, _isLocal ? _query.Filter : Filter.All, ViewShape.Deciding(_query), _options.WithCount, _query.Fields);
        Wake();
    }

    /// <summary>Adds a subscriber, who gets a snapshot first; null when the view is closed already.</summary>
    public ViewSubscription? Subscribe(int limit)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return null;
            }

            var subscription = new ViewSubscription(_lock, limit, Wake, Unsubscribe);
            _subscribers.Add(subscription);
            return subscription;
        }
    }

    public void Post(StepPart part)
    {
        lock (_lock)
        {
            if (_inbox.Count >= MostSteps)
            {
                // This far behind, asking anew is cheaper than following.
                _inbox.Clear();
                part = part with { Net = [], IsReset = true };
            }

            _inbox.Enqueue(part);
        }

        Wake();
    }

    public void Close()
    {
        List<ViewSubscription> left;
        lock (_lock)
        {
            _isClosed = true;
            left = [.. _subscribers];
        }

        left.ForEach(s => s.End());
        _labels.Dispose();
    }

    private void Wake()
    {
        lock (_lock)
        {
            if (_isRunning || _isClosed)
            {
                return;
            }

            _isRunning = true;
        }

        _ = Task.Run(RunAsync, CancellationToken.None);
    }

    private void Unsubscribe(ViewSubscription subscription)
    {
        lock (_lock)
        {
            _subscribers.Remove(subscription);
            if (_subscribers.Count > 0 || _isClosed)
            {
                return;
            }

            _isClosed = true;
        }

        _abandoned(this);
        _routes.Remove(this);
        _labels.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            try
            {
                if (!_isOpen)
                {
                    _routes.Unsettle(this);
                    await TakeInAsync([], Need.Everything).ConfigureAwait(false);
                    _isOpen = true;
                    _pause = s_shortestPause;
                }

                while (TakeInbox(out var parts))
                {
                    await TakeInAsync(parts, Need.Nothing).ConfigureAwait(false);
                    await GiveSnapshotsAsync().ConfigureAwait(false);
                }

                return;
            }
            catch (Exception e)
            {
                if (IsClosed)
                {
                    return;
                }

                // The source is away: the rows told so far stand until it answers again, and then everything is asked anew.
                _table.ViewFailed(e);
                _isOpen = false;
                await Task.Delay(_pause, _table.Options.Clock, CancellationToken.None).ConfigureAwait(false);
                _pause = _pause * 2 < s_longestPause ? _pause * 2 : s_longestPause;
                lock (_lock)
                {
                    _inbox.Clear();
                }
            }
        }
    }

    private bool IsClosed
    {
        get
        {
            lock (_lock)
            {
                return _isClosed;
            }
        }
    }

    /// <summary>Takes what has come. When there is nothing to do the view rests.</summary>
    private bool TakeInbox(out Queue<StepPart> parts)
    {
        lock (_lock)
        {
            if (_isClosed || (_inbox.Count == 0 && !_labels.IsDirty && !_subscribers.Exists(s => s.WantsSnapshot)))
            {
                _isRunning = false;
                parts = [];
                return false;
            }

            (parts, _inbox) = (_inbox, new());
            return true;
        }
    }

    /// <summary>Tells subscribers what changed.</summary>
    private void Tell(IReadOnlyList<ViewChange> changes, bool countChanged)
    {
        if (changes.Count == 0 && !countChanged)
        {
            return;
        }

        var update = new ViewUpdate.Changed(_cursor, changes, _count);
        lock (_lock)
        {
            foreach (var subscriber in _subscribers)
            {
                subscriber.Post(update);
            }
        }
    }

    /// <summary>Gives all rows to those who are new or fell behind: made once for all of them.</summary>
    private async Task GiveSnapshotsAsync()
    {
        List<ViewSubscription> wanting;
        lock (_lock)
        {
            wanting = [.. _subscribers.Where(s => s.WantsSnapshot)];
        }

        if (wanting.Count > 0)
        {
            var rows = await RowsAsync().ConfigureAwait(false);
            var snapshot = new ViewUpdate.Snapshot(_cursor, rows, _count);
            lock (_lock)
            {
                wanting.ForEach(s => s.Give(snapshot));
            }
        }
    }
}
