using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;
using Tandem.Web.Live.Leases;

namespace Tandem.Web.Live;

/// <summary>Sends what is in a page's queue, at the page's own pace.</summary>
internal sealed partial class LiveBroker
{
    public async Task PumpAsync(LiveConnection connection, CancellationToken cancellationToken)
    {
        var client = hub.Clients.Client(connection.Id);
        try
        {
            await foreach (var message in connection.Queue.ReadAllAsync(cancellationToken))
            {
                await (message switch
                {
                    LiveBatch batch => client.SendAsync("changes", batch, cancellationToken),
                    LeaseMessage lease => client.SendAsync("lease", lease, cancellationToken),
                    ListMessage list => client.SendAsync("list", list, cancellationToken),
                    _ when message == RightsChanged => client.SendAsync("rights", cancellationToken),
                    _ => client.SendAsync("reset", app.Database.Feed.Current.Value, cancellationToken),
                });
            }
        }
        catch (OperationCanceledException)
        {
            // The page left.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogPumpFailed(e);
            connection.Abort();
        }
    }

    /// <summary>Tells every page that the tables are other ones now.</summary>
    public Task SaySchemaAsync(CancellationToken cancellationToken) =>
        hub.Clients.All.SendAsync("schema", app.Database.SchemaVersion, cancellationToken);

    [LoggerMessage(1104, LogLevel.Debug, "A page could not be sent what changed; its connection is closed")]
    private partial void LogPumpFailed(Exception cause);
}
