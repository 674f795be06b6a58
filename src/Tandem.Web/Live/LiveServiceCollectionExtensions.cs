using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Tandem.Web.Live;

/// <summary>Registers and maps the live connection.</summary>
internal static class LiveServiceCollectionExtensions
{
    /// <summary>The hub's address.</summary>
    public const string Path = "/_tandem/live";

    public static void AddTandemLive(this IServiceCollection services)
    {
        services.AddSignalR(o => o.MaximumReceiveMessageSize = 256 * 1024);
        services.AddSingleton<WatchIndex>();
        services.AddSingleton<ListFilters>();
        services.AddSingleton<LiveBroker>();
        services.AddSingleton<IHostedService>(s => s.GetRequiredService<LiveBroker>());
    }

    public static void MapTandemLive(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHub<LiveHub>(Path).AllowAnonymous();
        ClientAssets.Map(endpoints);
    }
}
