using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Web.OpenApi;
using Tandem.Web.Rest;
using Tandem.Web.SignIn;

namespace Tandem.Web;

/// <summary>Maps Tandem's endpoints.</summary>
public static class TandemEndpointExtensions
{
    /// <summary>Maps the API under <c>/api</c> and the addresses that sign in and out.</summary>
    public static IEndpointRouteBuilder MapTandemApi(this IEndpointRouteBuilder endpoints)
    {
        SignInEndpoints.Map(endpoints);
        var router = endpoints.ServiceProvider.GetRequiredService<ApiRouter>();
        endpoints.Map("/api/{**path}", router.HandleAsync).DisableAntiforgery().ExcludeFromDescription();
        DocsPage.Map(endpoints);
        return endpoints;
    }
}
