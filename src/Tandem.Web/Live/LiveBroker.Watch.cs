using Tandem.Access;
using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;

namespace Tandem.Web.Live;

/// <summary>What pages ask for, and what they missed before they asked.</summary>
internal sealed partial class LiveBroker
{
    private const int MostKeys = 1000;

    /// <summary>Replaces what a page watches and begins to tell it what it missed.</summary>
    public WatchAnswer Watch(LiveConnection connection, WatchRequest request)
    {
        Dictionary<string, Watched> tables = new(StringComparer.Ordinal);
        foreach (var wanted in request.Tables.DistinctBy(t => t.Table))
        {
            if (app.Find(wanted.Table)?.Schema is not { } schema
                || !app.Access.Decide(users.Find(connection.User), schema, TableAction.View).IsAllowed)
            {
                continue;
            }

            HashSet<RecordKey> keys = [];
            foreach (var text in (wanted.Keys ?? []).Take(MostKeys))
            {
                if (RecordKey.TryParse(schema, text, out var key))
                {
                    keys.Add(key);
                }
            }

            var list = wanted.Search is null ? ListFilter.Any : filters.Read(schema, wanted.Search);
            tables[wanted.Table] = new Watched(
                keys, wanted.Fields?.ToHashSet(StringComparer.Ordinal), wanted.Whole, list.Filter, list.Deciding);
        }

        // The new watches stand before the old ones end, so that what is watched on is not read anew.
        var ended = connection.FeedWatches;
        connection.FeedWatches = [.. tables.SelectMany(t => FeedWatches(t.Key, t.Value))];
        foreach (var watch in ended)
        {
            watch.Dispose();
        }

        if (!index.Watch(connection, tables))
        {
            Release(connection);
        }
        else if (app.Database.Feed.Current.Value != request.Cursor)
        {
            BeginCatchUp(connection, new Cursor(request.Cursor));
        }

        return new WatchAnswer(app.Database.SchemaVersion, _node);
    }

    /// <summary>The records a page shows are looked at one by one; a list also wants to hear of others. What only counts changes does not make the source look.</summary>
    private IEnumerable<IDisposable> FeedWatches(string table, Watched watched)
    {
        if (watched.Keys.Count > 0)
        {
            yield return app.Database.Feed.Watch(table, watched.Keys.ToList());
        }

        if (watched is { Whole: true, Deciding: not null })
        {
            yield return app.Database.Feed.Watch(table, null);
        }
    }

    /// <summary>Ends everything a page held.</summary>
    public static void Release(LiveConnection connection)
    {
        connection.StopCatchUp();
        connection.Complete();
        foreach (var watch in connection.FeedWatches)
        {
            watch.Dispose();
        }

        connection.FeedWatches = [];
    }

    private void BeginCatchUp(LiveConnection connection, Cursor from)
    {
        var ending = connection.BeginCatchUp(lifetime.ApplicationStopping);
        _ = CatchUpAsync(connection, from, ending);
    }

    private async Task CatchUpAsync(LiveConnection connection, Cursor from, CancellationTokenSource ending)
    {
        try
        {
            if (!await ReachAsync(connection, from, ending.Token))
            {
                connection.Send(LiveConnection.Reset);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The page left or asked for something else.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A read that took too long counts too: nobody knows then what the page has not heard.
            LogCatchUpFailed(e);
            connection.Send(LiveConnection.Reset);
        }
        finally
        {
            connection.EndCatchUp(ending);
        }
    }

    /// <summary>Tells a page what it missed up to where the feed stands now.</summary>
    /// <returns>Whether it was told everything; not when it missed too much or its place is no longer known.</returns>
    private async Task<bool> ReachAsync(LiveConnection connection, Cursor from, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        try
        {
            var missed = await app.Database.Feed.MissedAsync(from, MostMissed + 1, patience.Token);
            if (missed.Count > MostMissed)
            {
                return false;
            }

            if (missed.Count > 0)
            {
                await TellAsync(connection, missed, patience.Token);
            }

            return true;
        }
        catch (CursorExpiredException)
        {
            // The page reads again what it shows.
            return false;
        }
    }

    private async Task TellAsync(LiveConnection connection, IReadOnlyList<Change> batch, CancellationToken cancellationToken)
    {
        var tables = connection.Tables;
        Change[] concerning = [.. batch.Where(c => tables.TryGetValue(c.Table, out var watched)
            && (watched.Whole || c.Kind == ChangeKind.Reset || watched.Keys.Contains(c.Key)))];
        if (concerning.Length == 0)
        {
            return;
        }

        var access = new ChangeAccess(app, users);
        List<LiveChange> messages = [];
        foreach (var content in await _formatter.FormatAsync(concerning, cancellationToken))
        {
            if (await ForPageAsync(content, connection, tables[content.Change.Table], access, cancellationToken) is { } message)
            {
                messages.Add(message);
            }
        }

        if (messages.Count > 0)
        {
            connection.Send(new LiveBatch(batch[^1].Cursor.Value, messages));
        }
    }
}
