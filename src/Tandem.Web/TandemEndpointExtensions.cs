using Microsoft.AspNetCore.Routing;
using Tandem.Web.SignIn;

namespace Tandem.Web;

/// <summary>Maps Tandem's endpoints.</summary>
public static class TandemEndpointExtensions
{
    /// <summary>Maps the API under <c>/api</c> and the addresses that sign in and out.</summary>
    public static IEndpointRouteBuilder MapTandemApi(this IEndpointRouteBuilder endpoints)
    {
        SignInEndpoints.Map(endpoints);
        return endpoints;
    }
}
