using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Access;
using Tandem.Changes;
using Tandem.Tables;
using Tandem.Web.Rest;
using Tandem.Web.SignIn;

namespace Tandem.Web.Streams;

/// <summary>Changes as server-sent events.</summary>
internal sealed class ChangesApi(UserStore users, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<ChangeStream> logger)
{
    /// <summary><c>GET /api/changes?tables=a,b</c>: of some tables, or of every table of the database that is not Tandem's own.</summary>
    public Task FollowAsync(ApiCall call)
    {
        var asked = call.Http.Request.Query["tables"];
        List<ITable> tables = [];
        foreach (var name in asked.SelectMany(a => Names(call.App, a ?? "")))
        {
            tables.Add(call.Database.Look(name) ?? call.Table(name));
        }

        if (tables.Count == 0)
        {
            tables.AddRange(call.App.Database.Tables.Where(t => !t.Schema.IsSystem).Select(t => call.Database.Look(t.Schema.Name)).OfType<PermittedTable>());
        }

        return FollowAsync(call, tables);
    }

    public Task FollowTableAsync(ApiCall call)
    {
        var name = Addresses.Links.Name(call.Segments[1]);
        return FollowAsync(call, [call.Database.Look(name) ?? call.Table(name)]);
    }

    private async Task FollowAsync(ApiCall call, IReadOnlyList<ITable> tables)
    {
        JsonBody.RequireAccepted(call.Http.Request, "text/event-stream");
        string[] names = [.. tables.Select(t => t.Schema.Name).Distinct()];
        using var revoked = new CancellationTokenSource();
        void OnUserChanged(string name)
        {
            if (name == call.User.Name && !MayStillLook(call, names))
            {
                revoked.Cancel();
            }
        }

        void OnGrantsChanged(IReadOnlyCollection<GrantsChange> changes)
        {
            if (!MayStillLook(call, names))
            {
                revoked.Cancel();
            }
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(call.Cancelled, lifetime.ApplicationStopping, revoked.Token);
        var feed = call.App.Database.Feed;
        var watches = names.Select(n => feed.Watch(n, null)).ToList();
        users.Changed += OnUserChanged;
        call.App.Grants.Changed += OnGrantsChanged;
        try
        {
            if (MayStillLook(call, names))
            {
                // The place is taken first, so that nothing is missed while what other programs write comes to be watched.
                // A server that writes nothing keeps nothing to go back to.
                var from = LastEvent(call.Http.Request) ?? (call.App.Database.IsReadOnly ? null : feed.Current);
                await feed.SettledAsync(ended.Token);
                await new ChangeStream(call, names, clock, logger).RunAsync(from, ended.Token);
            }
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The reader left, the server stops or the right was taken away: the stream just ends.
        }
        finally
        {
            users.Changed -= OnUserChanged;
            call.App.Grants.Changed -= OnGrantsChanged;
            watches.ForEach(w => w.Dispose());
        }
    }

    private static bool MayStillLook(ApiCall call, IReadOnlyList<string> tables) =>
        call.Http.GetTandemUser() is { } user
        && call.App.For(user) is var database && tables.All(t => call.App.Find(t) is null || database.Look(t) is not null);

    private static Cursor? LastEvent(HttpRequest request) =>
        request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } header ? new Cursor(header)
        : request.Query["after"].ToString() is { Length: > 0 } after ? new Cursor(after)
        : null;

    /// <summary>Names separated by commas; a table whose own name holds commas is named alone.</summary>
    private static IEnumerable<string> Names(TandemApp app, string text) =>
        app.Find(text) is not null ? [text] : text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
