using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Tandem.Web.Live.Leases;

namespace Tandem.Web.Live;

/// <summary>Where pages connect. One connection for each open page that shows live parts.</summary>
internal sealed class LiveHub(LiveBroker broker, WatchIndex index, HeldRecords held, FieldLeases leases) : Hub
{
    /// <summary>Takes in what came to the page and what went from it.</summary>
    public Task<RegisterAnswer> Register(RegisterRequest request) =>
        broker.RegisterAsync(Connection(), Given(request), Context.ConnectionAborted);

    /// <summary>Adds a record that is deleted when the page lets go of it or leaves.</summary>
    /// <param name="id">What the page calls it; another of the same id takes its place.</param>
    /// <param name="table">The table.</param>
    /// <param name="values">Fields and values.</param>
    public async Task<HoldAnswer> Hold(string id, string table, JsonElement values) =>
        await held.HoldAsync(Connection(), Given(id), Given(table), values, Context.ConnectionAborted);

    /// <summary>Lets go of a held record.</summary>
    public Task Release(string id) => held.ReleaseAsync(Connection(), Given(id));

    /// <summary>Somebody enters a field.</summary>
    public Task<FocusAnswer> Enter(string table, string key, string field, bool takeOver) =>
        leases.EnterAsync(Connection(), new LeasedField(Given(table), Given(key), Given(field)), takeOver, Context.ConnectionAborted);

    /// <summary>Somebody leaves a field.</summary>
    public Task Leave(string table, string key, string field) => leases.LeaveAsync(Connection(), new LeasedField(Given(table), Given(key), Given(field)));

    /// <summary>An administrator frees a field, whoever is in it.</summary>
    /// <returns>Why not, or null.</returns>
    public Task<string?> Free(string table, string key, string field) =>
        leases.FreeAsync(Connection(), new LeasedField(Given(table), Given(key), Given(field)), Context.ConnectionAborted);

    public override async Task OnConnectedAsync()
    {
        if (Context.GetHttpContext()?.GetTandemUser() is not { } user)
        {
            await Clients.Caller.SendAsync("signedOut");
            Context.Abort();
            return;
        }

        var connection = new LiveConnection(Context.ConnectionId, user.Name, Context.Abort, user);
        index.Add(connection);
        // The pump outlives this call and ends with the connection.
        _ = broker.PumpAsync(connection, Context.ConnectionAborted);
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        if (index.Remove(Context.ConnectionId) is { } connection)
        {
            broker.Release(connection);
            await Task.WhenAll(held.ReleaseAllAsync(connection), leases.LeaveAllAsync(connection));
        }
    }

    private static T Given<T>(T? value)
        where T : class => value ?? throw new HubException("A value is missing. Send every argument of the method.");

    private LiveConnection Connection() =>
        index.Find(Context.ConnectionId) ?? throw new HubException("This connection has ended. Connect again.");
}
