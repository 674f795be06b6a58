using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Tandem.Access;
using Tandem.Live;
using Tandem.Live.Views;
using Tandem.Querying;
using Tandem.Schema;
using Tandem.Web.Rest;
using Tandem.Web.SignIn;

namespace Tandem.Web.Live.Lists;

/// <summary>The lists that pages show at this moment. Pages that ask the same and may see the same share one.</summary>
internal sealed partial class SharedLists(TandemApp app, UserStore users, TimeProvider clock, ILogger<SharedLists> logger)
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(2);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SharedList> _lists = new(StringComparer.Ordinal);
    private readonly Dictionary<(LiveConnection, string), (string Shape, SharedList List)> _joined = [];

    /// <summary>How many different lists are kept up.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _lists.Count;
            }
        }
    }

    /// <summary>Makes a part of a page a list.</summary>
    /// <returns>Why it cannot be one, or null.</returns>
    public async Task<string?> JoinAsync(LiveConnection page, WatchedPart part)
    {
        try
        {
            if (app.Find(part.Table)?.Schema is not { } whole)
            {
                return $"There is no table '{part.Table}'. Check the name.";
            }

            var access = new ChangeAccess(app, users);
            if (access.List(page, part.Table) is not { } permitted)
            {
                return app.Access.Decide(page.UserNow(users), whole, TableAction.List).Reason;
            }

            // Read by what the user may see, so that a field that may not be seen orders and filters nothing.
            var query = Read(permitted.Schema, part);
            var table = await app.LiveAsync(part.Table);
            var labels = await LabelsAsync(access, page, whole, query);
            query = query with { Filter = permitted.Within(query.Filter) };
            Join(page, part.Id, Shape(part, query, labels), () => new SharedList(app, table, query, new WatchOptions { Labels = labels }));
            return null;
        }
        catch (Exception e) when (e is QueryException or ApiProblemException or FilterSyntaxException)
        {
            return e.Message;
        }
    }

    public void Leave(LiveConnection page, string id)
    {
        SharedList? ended = null;
        lock (_lock)
        {
            if (_joined.Remove((page, id), out var joined) && joined.List.Leave(page, id) && _lists.GetValueOrDefault(joined.Shape) == joined.List)
            {
                _lists.Remove(joined.Shape);
                ended = joined.List;
            }
        }

        ended?.End();
    }

    /// <summary>A page left, or its user's rights may be others now: it shows no list until it asks again.</summary>
    public void LeaveAll(LiveConnection page)
    {
        List<string> ids;
        lock (_lock)
        {
            ids = [.. _joined.Keys.Where(j => j.Item1 == page).Select(j => j.Item2)];
        }

        ids.ForEach(id => Leave(page, id));
    }

    /// <summary>Whether a page shows a list of a table that grants changed of.</summary>
    public bool Shows(LiveConnection page, IReadOnlyCollection<GrantsChange> changes)
    {
        lock (_lock)
        {
            return _joined.Any(j => j.Key.Item1 == page && changes.Any(c => c.Table is null || j.Value.List.Table == c.Table));
        }
    }

    private void Join(LiveConnection page, string id, string shape, Func<SharedList> make)
    {
        Leave(page, id);
        SharedList? made = null;
        lock (_lock)
        {
            if (!_lists.TryGetValue(shape, out var list))
            {
                _lists[shape] = list = made = make();
            }

            _joined[(page, id)] = (shape, list);
            list.Join(page, id);
        }

        if (made is not null)
        {
            _ = RunAsync(shape, made);
        }
    }

    /// <summary>A list whose source failed is given up after a while; its pages then ask for it again.</summary>
    private async Task RunAsync(string shape, SharedList list)
    {
        try
        {
            await list.RunAsync();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogFailed(e);
            lock (_lock)
            {
                if (_lists.GetValueOrDefault(shape) == list)
                {
                    _lists.Remove(shape);
                }
            }

            await Task.Delay(s_retry, clock);
            list.ResetPages();
        }
    }

    private static Query Read(TableSchema schema, WatchedPart part)
    {
        var query = ListOptions.Read(schema, new QueryCollection(QueryHelpers.ParseQuery(part.Query)));
        string[] shown = [.. (part.Fields ?? query.Fields ?? [.. schema.Fields.Select(f => f.Name)])
            .Where(name => schema.Find(name) is { IsSecret: false, Type: not FieldType.Bytes }).Distinct(StringComparer.Ordinal)];
        return query with { Fields = shown };
    }

    /// <summary>The live tables that name the records referred to, as far as all of them may be read.</summary>
    private async Task<IReadOnlyDictionary<string, LiveTable>> LabelsAsync(ChangeAccess access, LiveConnection page, TableSchema schema, Query query)
    {
        Dictionary<string, LiveTable> labels = new(StringComparer.Ordinal);
        foreach (var field in query.Fields!)
        {
            if (RowFormatter.TargetOf(app, schema, field) is { } target && access.MayName(page, target))
            {
                labels[field] = await app.LiveAsync(target.Name);
            }
        }

        return labels;
    }

    // What is asked is told by the filter and order as they run: two users may mean different fields by one search, or see different records.
    private string Shape(WatchedPart part, Query query, IReadOnlyDictionary<string, LiveTable> labels) => string.Join('\n',
        app.Database.SchemaVersion, part.Table, FilterText.Of(query.Filter), string.Join(',', query.Order.Select(o => $"{o.Field} {o.Descending}")), query.First, query.After, string.Join(',', query.Fields!), string.Join(',', labels.Keys));

    [LoggerMessage(1110, LogLevel.Warning, "A list could not be kept up; the pages that show it read it again")]
    private partial void LogFailed(Exception cause);
}
