using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Admin.Shell;
using Tandem.Web.SignIn;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Admin.SignIn;

/// <summary>What the sign-in page shows.</summary>
/// <param name="AppTitle">The application's name.</param>
/// <param name="FormToken">Goes with every form.</param>
/// <param name="View">What it is about.</param>
/// <param name="MinimumLength">The shortest password that may be chosen.</param>
/// <param name="OpenId">What the button says that leads to the OpenID provider; null where there is none.</param>
internal sealed record SignInModel(string AppTitle, string FormToken, SignInView View, int MinimumLength, string? OpenId);

/// <summary><c>/sign-in</c>: a form for name and password or a token; with the code of a link that was sent, a page that asks before it is used up. What the forms send is answered elsewhere.</summary>
internal static class SignInPageEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints, AdminSite site)
    {
        endpoints.ServiceProvider.GetRequiredService<SignInViews>().Show = (context, view) => Show(context, site, view);
        endpoints.MapGet("/sign-in", Task<IResult> (HttpContext context, SignInByLink links) => ShowAsync(context, site, links)).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> ShowAsync(HttpContext context, AdminSite site, SignInByLink links)
    {
        if (site.Users.IsBrought)
        {
            // The application signs people in; its own page is the one to show.
            return Results.Challenge();
        }

        var query = context.Request.Query;
        var view = new SignInView { Return = query["return"].ToString(), Name = query["name"].ToString() };
        if (query["code"].ToString() is { Length: > 0 } code)
        {
            return await links.FindAsync(code, context.RequestAborted) is ({ } link, { } user)
                ? Show(context, site, view with { Link = (code, user.User.Name, link.Purpose == LinkPurpose.Password) })
                : Show(context, site, view with { Error = SignInByLink.Gone, Status = StatusCodes.Status401Unauthorized });
        }

        var error = query["error"].ToString() switch
        {
            "link" => SignInByLink.Gone,
            "password" => "The name or the password is wrong. Check both; upper and lower case differ.",
            "token" => "This token is not known. Check that all of it was copied; with a password, enter your name too.",
            "disabled" => "This account is switched off. Ask an administrator.",
            "openid" => "The sign-in elsewhere did not work. Try again; if it stays, ask an administrator.",
            "unknown" => "You have no account here yet. Ask an administrator for one.",
            "form" => "This page was open for too long. Try again.",
            _ => null,
        };
        return Show(context, site, view with { Error = error, Status = error is null ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized });
    }

    private static IResult Show(HttpContext context, AdminSite site, SignInView view)
    {
        context.Response.Headers.CacheControl = "no-cache, no-store";
        var options = site.Users.Options;
        return PageContext.View<SignInPage>(
            new SignInModel(site.App.Title, site.Antiforgery.GetAndStoreTokens(context).RequestToken!, view, options.Passwords.MinimumLength, options.OpenId?.Label), view.Status);
    }
}
