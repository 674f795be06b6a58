using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tandem.Web.Live.Leases;
using Tandem.Web.Live.Lists;
using Tandem.Web.SignIn;

namespace Tandem.Web.Live;

/// <summary>Registers and maps the live connection.</summary>
internal static class LiveServiceCollectionExtensions
{
    /// <summary>The hub's address.</summary>
    public const string Path = "/_tandem/live";

    public static void AddTandemLive(this IServiceCollection services)
    {
        services.AddSignalR(o =>
        {
            o.MaximumReceiveMessageSize = 256 * 1024;
            // A page that vanished without a word gives back what it held after at most this.
            o.KeepAliveInterval = TimeSpan.FromSeconds(5);
            o.ClientTimeoutInterval = TimeSpan.FromSeconds(15);
        });
        services.AddSingleton<WatchIndex>();
        services.AddSingleton<ListFilters>();
        services.AddSingleton<SharedLists>();
        services.AddSingleton<HeldRecords>();
        services.AddSingleton<FieldLeases>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<FieldLeases>());
        services.AddSingleton<LiveBroker>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<LiveBroker>());
    }

    public static void MapTandemLive(this IEndpointRouteBuilder endpoints)
    {
        // Browsers ask nobody before they open a websocket for another site, and send the cookie along.
        endpoints.MapHub<LiveHub>(Path).AllowAnonymous().Add(endpoint =>
        {
            var answer = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context => OwnPages.IsForeign(context.Request) ? RefuseAsync(context) : answer(context);
        });
        ClientAssets.Map(endpoints);
    }

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsync("The live connection is for this server's own pages.", context.RequestAborted);
    }
}
