using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Admin.Shell;
using Tandem.Web;

namespace Tandem.Admin.SignIn;

/// <summary>What the sign-in page shows.</summary>
internal sealed record SignInModel(string AppTitle, string FormToken, string Return, string? Error);

/// <summary><c>/sign-in</c> without a code: a form for a token. With one, and what the form sends, is answered elsewhere.</summary>
internal static class SignInPageEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints, AdminSite site) =>
        endpoints.MapGet("/sign-in", (HttpContext context) => Show(context, site)).AllowAnonymous().ExcludeFromDescription();

    private static IResult Show(HttpContext context, AdminSite site)
    {
        context.Response.Headers.CacheControl = "no-cache, no-store";
        var query = context.Request.Query;
        var error = query["error"].ToString() switch
        {
            "link" => "This link was used already or is too old. Restart the server for a new one, or ask whoever invited you.",
            "token" => "This token is not known. Check that all of it was copied.",
            "form" => "This page was open for too long. Try again.",
            _ => null,
        };
        return PageContext.View<SignInPage>(new SignInModel(
            site.App.Title, site.Antiforgery.GetAndStoreTokens(context).RequestToken!, query["return"].ToString(), error), error is null ? 200 : 401);
    }
}
