using Microsoft.AspNetCore.SignalR;

namespace Tandem.Web.Live;

/// <summary>Where pages connect. One connection for each open page that shows live parts.</summary>
internal sealed class LiveHub(LiveBroker broker, WatchIndex index) : Hub
{
    /// <summary>Replaces what the page watches.</summary>
    public WatchAnswer Watch(WatchRequest request) => index.Find(Context.ConnectionId) is { } connection
        ? broker.Watch(connection, request)
        : throw new HubException("This connection has ended. Connect again.");

    public override async Task OnConnectedAsync()
    {
        if (Context.GetHttpContext()?.GetTandemUser() is not { } user)
        {
            await Clients.Caller.SendAsync("signedOut");
            Context.Abort();
            return;
        }

        var connection = new LiveConnection(Context.ConnectionId, user.Name, Context.Abort);
        index.Add(connection);
        // The pump outlives this call and ends with the connection.
        _ = broker.PumpAsync(connection, Context.ConnectionAborted);
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        if (index.Remove(Context.ConnectionId) is { } connection)
        {
            LiveBroker.Release(connection);
        }

        return Task.CompletedTask;
    }
}
