using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Live.Leases;
using Tandem.Web.Live.Lists;
using Tandem.Web.SignIn;

namespace Tandem.Web.Live;

/// <summary>
/// The one reader of the database's feed on this node. It finds the pages a change concerns, formats the change once and
/// puts it into the queue of each page that may see it.
/// </summary>
/// <remarks>
/// A page is entered into the index first and then told what it missed since it was rendered, so nothing falls between;
/// what it hears twice it passes over by the change's sequence.
/// </remarks>
internal sealed partial class LiveBroker(
    TandemApp app, UserStore users, WatchIndex index, IHubContext<LiveHub> hub, ListFilters filters, SharedLists lists, FieldLeases leases,
    IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<LiveBroker> logger) : BackgroundService
{
    private const int MostMissed = 2000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly Dictionary<string, ShownField> s_noFields = [];
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(2);
    private readonly string _node = Guid.NewGuid().ToString("N");
    private readonly ChangeFormatter _formatter = new(app, logger);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = lifetime.ApplicationStopping.Register(SayStopping);
        users.Changed += OnUserChanged;
        app.Grants.Changed += OnGrantsChanged;
        try
        {
            await FollowAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
        finally
        {
            users.Changed -= OnUserChanged;
            app.Grants.Changed -= OnGrantsChanged;
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        Cursor? reached = null;
        while (true)
        {
            try
            {
                await foreach (var batch in app.Database.Feed.ReadAsync(reached, cancellationToken))
                {
                    await TellAllAsync(batch, cancellationToken);
                    reached = batch[^1].Cursor;
                }
            }
            catch (CursorExpiredException)
            {
                // The place is taken first: what comes while the pages read again is told.
                reached = app.Database.Feed.Current;
                ResetAll();
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                LogInterrupted(e);
                await Task.Delay(s_retry, clock, cancellationToken);
                if (reached is null)
                {
                    reached = app.Database.Feed.Current;
                    ResetAll();
                }
            }
        }
    }

    /// <summary>Tells the pages of a batch. One that cannot be told must not hold up those behind it: its pages read again what they show.</summary>
    private async Task TellAllAsync(IReadOnlyList<Change> batch, CancellationToken cancellationToken)
    {
        try
        {
            await DispatchAsync(batch, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNotTold(e);
            var tables = batch.Select(c => c.Table).ToHashSet(StringComparer.Ordinal);
            foreach (var connection in index.All().Where(c => c.Tables.Keys.Any(tables.Contains)))
            {
                connection.Send(LiveConnection.Reset);
            }
        }
    }

    private async Task DispatchAsync(IReadOnlyList<Change> batch, CancellationToken cancellationToken)
    {
        List<(Change Change, IReadOnlyList<(LiveConnection, Watched)> To)> concerned = [];
        foreach (var change in batch)
        {
            if (index.Concerned(change) is { Count: > 0 } to)
            {
                concerned.Add((change, to));
            }
        }

        if (concerned.Count == 0)
        {
            return;
        }

        var formatted = (await _formatter.FormatAsync([.. concerned.Select(c => c.Change)], cancellationToken)).ToDictionary(f => f.Change);
        var access = new ChangeAccess(app, users);
        Dictionary<LiveConnection, List<LiveChange>> mail = [];
        foreach (var (change, to) in concerned)
        {
            if (!formatted.TryGetValue(change, out var content))
            {
                continue;
            }

            foreach (var (connection, watched) in to)
            {
                if (await ForPageAsync(content, connection, watched, access, cancellationToken) is { } message)
                {
                    if (!mail.TryGetValue(connection, out var messages))
                    {
                        mail[connection] = messages = [];
                    }

                    messages.Add(message);
                }
            }
        }

        var cursor = batch[^1].Cursor.Value;
        foreach (var (connection, messages) in mail)
        {
            connection.Send(new LiveBatch(connection.IsCatchingUp ? null : cursor, messages));
        }
    }

    private static async ValueTask<LiveChange?> ForPageAsync(
        FormattedChange content, LiveConnection connection, Watched watched, ChangeAccess access, CancellationToken cancellationToken)
    {
        if (await access.HeardAsync(connection, content.Change, cancellationToken) is not { } heard)
        {
            return null;
        }

        // What comes into sight or goes out of it is another change than the one that was made.
        var told = heard.Kind == content.Change.Kind ? content : content with { Fields = s_noFields };
        return PageChange.Make(told with { Change = heard }, watched, target => access.MayName(connection, target));
    }

    private void ResetAll()
    {
        foreach (var connection in index.All())
        {
            connection.Send(LiveConnection.Reset);
        }
    }

    private void SayStopping() => _ = SayStoppingAsync();

    private async Task SayStoppingAsync()
    {
        try
        {
            await hub.Clients.All.SendAsync("stopping");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogFarewell(e);
        }
    }

    [LoggerMessage(1101, LogLevel.Warning, "Following the changes was interrupted; it goes on shortly")]
    private partial void LogInterrupted(Exception cause);

    [LoggerMessage(1105, LogLevel.Warning, "Changes could not be told to the pages they concern; those pages read again what they show")]
    private partial void LogNotTold(Exception cause);

    [LoggerMessage(1102, LogLevel.Debug, "Some pages could not be told that the server stops")]
    private partial void LogFarewell(Exception cause);

    [LoggerMessage(1103, LogLevel.Warning, "Missed changes could not be read for a page; it reads again what it shows")]
    private partial void LogCatchUpFailed(Exception cause);
}
