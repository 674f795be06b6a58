using System.Runtime.CompilerServices;
using Tandem.Changes;
using Tandem.Live.Views;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Live;

/// <content>Standing queries and watched fields.</content>
public sealed partial class LiveTable
{
    private readonly Lock _viewLock = new();
    private readonly Dictionary<string, View> _views = new(StringComparer.Ordinal);

    /// <summary>How many different standing queries are kept up; equal ones count once.</summary>
    public int StandingQueries
    {
        get
        {
            lock (_viewLock)
            {
                return _views.Count;
            }
        }
    }

    internal Routes Routes => _routes;

    /// <summary>Where the records stand in the source's changes, as far as those who follow them were told.</summary>
    internal Cursor Reached
    {
        get
        {
            lock (_publishLock)
            {
                return _published ?? _stream?.Cursor ?? default;
            }
        }
    }

    internal IEnumerable<RecordKey> PendingKeys => _overlay.PendingKeys;

    /// <summary>
    /// Keeps a query up: a snapshot, then exactly the later insertions, changes, moves and removals of its rows, each update as of
    /// its cursor. Equal queries share their work. A subscriber that reads more slowly than rows change gets a fresh snapshot
    /// instead of a growing queue.
    /// </summary>
    /// <param name="query">Filter, order, how many rows (<see cref="Query.First"/>) and which fields; it begins at the start of its order.</param>
    /// <param name="options">Counts and labels. Null for neither.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>Updates until cancelled; the stream ends when the table is disposed.</returns>
    /// <exception cref="QueryException">The query cannot be kept up; said at the call.</exception>
    /// <remarks>
    /// What memory cannot decide as the source does (an order by a language's rules) is asked of the source again, once for all
    /// who watch, whenever something in the table changed.
    /// </remarks>
    public IAsyncEnumerable<ViewUpdate> WatchAsync(Query query, WatchOptions? options = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed == 1, this);
        options ??= WatchOptions.Default;
        ViewShape.Check(Schema, query, options);
        return FollowAsync(query, options, cancellationToken);
    }

    /// <summary>Keeps a query up as a list that user interfaces bind to.</summary>
    /// <returns>The list, filled.</returns>
    /// <inheritdoc cref="WatchAsync" path="/param"/>
    /// <inheritdoc cref="WatchAsync" path="/exception"/>
    public Task<ObservableView<ViewRow>> ObserveAsync(Query query, WatchOptions? options = null, CancellationToken cancellationToken = default) =>
        ObservableView<ViewRow>.OpenAsync(token => WatchAsync(query, options, token), row => row, cancellationToken);

    /// <summary>Follows some fields of one record: their values now, then only when one of them changes.</summary>
    /// <param name="key">The record.</param>
    /// <param name="fields">The fields.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="QueryException">The table has no such field; said at the call.</exception>
    public IAsyncEnumerable<FieldUpdate> WatchFieldsAsync(RecordKey key, IReadOnlyList<string> fields, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed == 1, this);
        foreach (var field in fields)
        {
            FilterFields.Check(Schema, field);
        }

        return new FieldWatch(this, key, fields).ReadAsync(cancellationToken);
    }

    internal Task PassAsync() => PassAsync(_stop.Token);

    internal void ViewFailed(Exception e) => Fault(e);

    /// <summary>Watched records stay in memory, so that a change of one is known without asking the source.</summary>
    private void Pin(RecordKey key, bool isWatched)
    {
        if (isWatched)
        {
            _bounded?.Watch(key);
        }
        else
        {
            _bounded?.Unwatch(key);
        }
    }

    private async IAsyncEnumerable<ViewUpdate> FollowAsync(Query query, WatchOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var subscription = Subscribe(query, options);
        try
        {
            while (await subscription.NextAsync(cancellationToken).ConfigureAwait(false) is { } update)
            {
                yield return update;
            }
        }
        finally
        {
            subscription.Leave();
        }
    }

    private ViewSubscription Subscribe(Query query, WatchOptions options)
    {
        var shape = ViewShape.Of(query, options);
        lock (_viewLock)
        {
            if (_views.TryGetValue(shape, out var known) && known.Subscribe(_options.QueueLimit) is { } shared)
            {
                return shared;
            }

            var view = new View(this, _routes, query, options, abandoned => Abandon(shape, abandoned));
            _views[shape] = view;
            var subscription = view.Subscribe(_options.QueueLimit)!;
            view.Open();
            return subscription;
        }
    }

    private void Abandon(string shape, View view)
    {
        lock (_viewLock)
        {
            if (_views.TryGetValue(shape, out var current) && current == view)
            {
                _views.Remove(shape);
            }
        }
    }

    /// <summary>A queued write came to lie over a record, or was taken away: who watches it sees that at once.</summary>
    private void Shown(RecordKey key)
    {
        lock (_publishLock)
        {
            var step = Begin();
            step.Cursor = Reached;
            var confirmed = Confirmed(key);
            if (confirmed is not null && step.Tells(confirmed))
            {
                step.Add(key, confirmed, true, confirmed, false);
            }
            else if (_full is not null || (confirmed is null && PendingOver(key, null) is not null))
            {
                step.Add(key, null, true, null, false);
            }
            else
            {
                step.IsReset = true;
            }

            _routes.Post(step);
        }
    }
}
