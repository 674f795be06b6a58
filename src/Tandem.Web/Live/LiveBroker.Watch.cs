using Tandem.Access;
using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Forms;
using Tandem.Web.Live.Lists;

namespace Tandem.Web.Live;

/// <summary>What pages ask for, and what they missed before they asked.</summary>
internal sealed partial class LiveBroker
{
    private const int MostKeys = 1000;
    private const int MostKeysOfAll = 5000;
    private const int MostParts = 2000;
    private const int MostLists = 50;

    /// <summary>Takes in what came to a page and what went from it, and begins to tell it what it missed.</summary>
    public async Task<RegisterAnswer> RegisterAsync(LiveConnection connection, RegisterRequest request, CancellationToken cancellationToken)
    {
        var from = request.Cursor is { Length: > 0 } ? new Cursor(request.Cursor) : app.Database.Feed.Current;
        List<RefusedPart> refused = [];
        foreach (var id in (request.Remove ?? []).OfType<string>())
        {
            connection.Parts.TryRemove(id, out _);
            lists.Leave(connection, id);
        }

        List<WatchedPart> records = [], standing = [];
        foreach (var part in request.Add ?? [])
        {
            if (part is not { Id: not null, Table: not null } || part.Keys?.Contains(null!) == true)
            {
                refused.Add(new RefusedPart(part?.Id ?? "", "A part needs an id, a table and whole keys."));
                continue;
            }

            if (connection.Parts.Count >= MostParts && !connection.Parts.ContainsKey(part.Id))
            {
                refused.Add(new RefusedPart(part.Id, $"A page may have {MostParts} live parts. Show fewer records, or put them into one list."));
                continue;
            }

            if (part.Keys?.Count > MostKeys || (part.Keys?.Count ?? 0) + connection.Parts.Values.Sum(p => p.Keys?.Count ?? 0) > MostKeysOfAll)
            {
                refused.Add(new RefusedPart(part.Id, $"A part may show {MostKeys} records, a page {MostKeysOfAll}. Show fewer, or make it a list."));
                continue;
            }

            if (part.Query is not null && connection.Parts.Values.Count(p => p.Query is not null && p.Id != part.Id) >= MostLists)
            {
                refused.Add(new RefusedPart(part.Id, $"A page may have {MostLists} lists. Show fewer at once."));
                continue;
            }

            connection.Parts[part.Id] = part;
            (part.Query is null ? records : standing).Add(part);
        }

        // Taken before anything is decided: rights that change meanwhile are told afterwards.
        var shown = Shown(connection);
        var before = PrintOf(connection, shown);
        if (records.Count > 0 || request.Remove is { Count: > 0 })
        {
            Watch(connection, from);
            await leases.TellHeldAsync(connection, records, cancellationToken);
        }

        // The lists come after the records are watched: joining one may read its table.
        foreach (var part in standing)
        {
            if (await lists.JoinAsync(connection, part) is { } reason)
            {
                connection.Parts.TryRemove(part.Id, out _);
                refused.Add(new RefusedPart(part.Id, reason));
            }
        }

        connection.RightsPrint = PrintOf(connection, Shown(connection));
        if (PrintOf(connection, shown) != before)
        {
            TellRights(connection, isSure: true);
        }

        if (index.Find(connection.Id) is null)
        {
            // The page left meanwhile; nobody else would take away what it just joined.
            Release(connection);
        }

        return new RegisterAnswer(
            from.Value, app.Database.SchemaVersion, _node, connection.Parts.Count, refused, await NowAsync(connection, records, refused, cancellationToken));
    }

    /// <summary>Watches what a page shows now and begins to tell it what it missed.</summary>
    private void Watch(LiveConnection connection, Cursor from)
    {
        Dictionary<string, Watched> tables = new(StringComparer.Ordinal);
        foreach (var parts in connection.Parts.Values.Where(p => p.Query is null).GroupBy(p => p.Table, StringComparer.Ordinal))
        {
            // Only what the user may see is watched: a list's search by another field would tell of it by what moves.
            if (Table(connection, parts.Key) is { } table)
            {
                tables[parts.Key] = Together(table.Schema, [.. parts]);
            }
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
        else if (app.Database.Feed.Current != from)
        {
            BeginCatchUp(connection, from);
        }
    }

    /// <summary>The table as the page's user may use it; null when there is none or the user may not look at it.</summary>
    private PermittedTable? Table(LiveConnection connection, string table) => new ChangeAccess(app, users).Table(connection, table);

    /// <summary>What a page shows of one table, whichever of its parts shows it.</summary>
    private Watched Together(TableSchema schema, IReadOnlyList<WatchedPart> parts)
    {
        HashSet<RecordKey> keys = [];
        foreach (var text in parts.SelectMany(p => p.Keys ?? []).Take(MostKeys))
        {
            if (RecordKey.TryParse(schema, text, out var key))
            {
                keys.Add(key);
            }
        }

        var fields = parts.Any(p => p.Fields is null) ? null : parts.SelectMany(p => p.Fields!).ToHashSet(StringComparer.Ordinal);
        var searches = parts.Where(p => p.Whole).Select(p => p.Search).Distinct().ToList();
        var list = searches is [{ } search] ? filters.Read(schema, search) : ListFilter.Any;
        return new Watched(keys, fields, searches.Count > 0, list.Filter, list.Deciding);
    }

    /// <summary>The values of the records that parts asked for.</summary>
    private async Task<IReadOnlyList<PartRecord>> NowAsync(
        LiveConnection connection, IReadOnlyList<WatchedPart> parts, List<RefusedPart> refused, CancellationToken cancellationToken)
    {
        List<PartRecord> now = [];
        foreach (var part in parts.Where(p => p.Now && p.Keys is not null))
        {
            if (Table(connection, part.Table) is not { } table)
            {
                var reason = app.Find(part.Table) is { } whole ? app.Access.Decide(connection.UserNow(users), whole.Schema, TableAction.View).Reason : $"There is no table '{part.Table}'. Check the name.";
                refused.Add(new RefusedPart(part.Id, reason));
                continue;
            }

            string[] shown = [.. part.Fields ?? [.. table.Schema.Fields.Select(f => f.Name)]];
            var keys = part.Keys!.Select(text => (Text: text, Key: RecordKey.TryParse(table.Schema, text, out var key) ? key : null)).ToList();
            var records = (await table.GetManyAsync([.. keys.Select(k => k.Key).OfType<RecordKey>().Distinct()], null, cancellationToken)).ToDictionary(r => r.Key);
            var labels = await LabelsAsync(connection, records.Values, shown, cancellationToken);
            now.AddRange(keys.Select(k => new PartRecord(
                part.Id, k.Text, k.Key is not null && records.TryGetValue(k.Key, out var record) ? RowFormatter.Fields(app, record, shown, labels(record)) : null)));
        }

        return now;
    }

    /// <summary>What the references of records are called, as far as the user may know; one read for each table referred to.</summary>
    private async Task<Func<Record, IReadOnlyDictionary<string, string?>>> LabelsAsync(
        LiveConnection connection, IReadOnlyCollection<Record> records, IReadOnlyList<string> shown, CancellationToken cancellationToken)
    {
        var access = new ChangeAccess(app, users);
        var referred = records.SelectMany(r => shown.Where(f => r.Schema.Find(f) is { IsSecret: false }).Select(f => ReferredValue.Of(r.Schema, f, r[f]))).OfType<ReferredValue>();
        var labels = await ReferenceLabels.ReadAsync(t => access.Table(connection, t), referred, cancellationToken);
        return record => shown.Where(f => record.Schema.Find(f) is { IsSecret: false }).ToDictionary(
            f => f, f => ReferredValue.Of(record.Schema, f, record[f]) is { } value ? labels.GetValueOrDefault(value)?.Label : null, StringComparer.Ordinal);
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
    public void Release(LiveConnection connection)
    {
        // Not by the page's parts: a registration under way may still be adding some.
        lists.LeaveAll(connection);
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
