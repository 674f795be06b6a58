using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tandem.Web.SignIn;

/// <summary>The forms that sign in by token and sign out.</summary>
internal static class SignInEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        // The page that shows the form answers posts to its address too; these come first.
        endpoints.MapPost("/sign-in", SignInAsync).WithOrder(-1).DisableAntiforgery().ExcludeFromDescription();
        endpoints.MapPost("/sign-out", SignOutAsync).WithOrder(-1).DisableAntiforgery().ExcludeFromDescription();
    }

    private static async Task<IResult> SignInAsync(HttpContext context, IAntiforgery antiforgery, UserStore users)
    {
        if (!await IsOwnFormAsync(context, antiforgery))
        {
            return Results.LocalRedirect("~/sign-in?error=form");
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var target = ReturnPaths.Local(form["return"]);
        if (users.FindByToken(form["token"].ToString().Trim()) is not { } user)
        {
            return Results.LocalRedirect($"~/sign-in?error=token&return={Uri.EscapeDataString(target)}");
        }

        await TandemSchemes.SignInAsync(context, user);
        return Results.LocalRedirect("~" + target);
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (await IsOwnFormAsync(context, antiforgery))
        {
            await context.SignOutAsync(TandemSchemes.Cookie);
        }

        return Results.LocalRedirect("~/sign-in");
    }

    private static async Task<bool> IsOwnFormAsync(HttpContext context, IAntiforgery antiforgery)
    {
        try
        {
            return context.Request.HasFormContentType && await antiforgery.IsRequestValidAsync(context);
        }
        catch (AntiforgeryValidationException e) when (e.InnerException is BadHttpRequestException or InvalidDataException)
        {
            // A form that cannot be read is none of ours.
            return false;
        }
    }
}
