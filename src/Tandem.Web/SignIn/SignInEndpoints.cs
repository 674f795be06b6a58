using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Web.SignIn.OpenId;

namespace Tandem.Web.SignIn;

/// <summary>The forms that sign in by password, token or link, and the one that signs out.</summary>
internal static class SignInEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        // The page that shows the form answers posts to its address too; these come first.
        endpoints.MapPost("/sign-in", SignInAsync).WithOrder(-1).DisableAntiforgery().ExcludeFromDescription();
        endpoints.ServiceProvider.GetRequiredService<OpenIdEndpoints>().Map(endpoints);
        endpoints.MapPost("/sign-out", SignOutAsync).WithOrder(-1).DisableAntiforgery().ExcludeFromDescription();
    }

    private static async Task<IResult> SignInAsync(
        HttpContext context, IAntiforgery antiforgery, UserStore users, PasswordSignIn passwords, SignInByLink links, SignInViews views)
    {
        if (users.IsBrought)
        {
            return Results.NotFound();
        }

        if (!await IsOwnFormAsync(context, antiforgery))
        {
            return Results.LocalRedirect("~/sign-in?error=form");
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var target = ReturnPaths.Local(form["return"]);
        if (form["code"].ToString() is { Length: > 0 } code)
        {
            return await UseLinkAsync(context, users, links, views, code, form["password"].ToString(), target);
        }

        var name = form["name"].ToString().Trim();
        // One field takes either, so that people with a token need no page of their own.
        var secret = form["password"].ToString() is { Length: > 0 } password ? password : form["token"].ToString();
        var address = context.Connection.RemoteIpAddress;
        var result = name.Length > 0
            ? await passwords.TryAsync(address, name, secret, context.RequestAborted)
            : passwords.TryToken(address, secret.Trim());
        var back = $"&return={Uri.EscapeDataString(target)}{(name.Length > 0 ? $"&name={Uri.EscapeDataString(name)}" : "")}";
        switch (result)
        {
            case SignInResult.Passed passed:
                await TandemSchemes.SignInAsync(context, passed.User);
                return Results.LocalRedirect("~" + target);
            case SignInResult.Wait wait:
                return Busy(context, views, wait.For, name, target);
            case SignInResult.Disabled:
                return Results.LocalRedirect($"~/sign-in?error=disabled{back}");
            default:
                return Results.LocalRedirect($"~/sign-in?error={(name.Length > 0 ? "password" : "token")}{back}");
        }
    }

    private static IResult Busy(HttpContext context, SignInViews views, TimeSpan wait, string name, string target)
    {
        var seconds = (int)Math.Ceiling(wait.TotalSeconds);
        context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.CacheControl = "no-store";
        var when = seconds <= 90 ? "a minute" : $"{(seconds + 59) / 60} minutes";
        return views.Show(context, new SignInView
        {
            Status = StatusCodes.Status429TooManyRequests,
            Error = $"Too many sign-ins failed. Nothing is looked at for a while; try again in {when}. Who has forgotten a password can ask an administrator for a link.",
            Name = name,
            Return = target,
        });
    }

    private static async Task<IResult> UseLinkAsync(
        HttpContext context, UserStore users, SignInByLink links, SignInViews views, string code, string password, string target)
    {
        context.Response.Headers.CacheControl = "no-store";
        var found = await links.FindAsync(code, context.RequestAborted);
        var (user, error, isGood) = await links.UseAsync(code, password, context.RequestAborted);
        if (user is not null)
        {
            await TandemSchemes.SignInAsync(context, user);
            return Results.LocalRedirect("~" + target);
        }

        return isGood && found is ({ } link, { } known)
            ? views.Show(context, new SignInView
            {
                Status = StatusCodes.Status422UnprocessableEntity,
                Error = error,
                Return = target,
                Link = (code, known.User.Name, link.Purpose == Accounts.LinkPurpose.Password),
            })
            : Results.LocalRedirect("~/sign-in?error=link");
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, IAntiforgery antiforgery, UserStore users)
    {
        if (!users.IsBrought && await IsOwnFormAsync(context, antiforgery))
        {
            await context.SignOutAsync(TandemSchemes.Cookie);
        }

        return Results.LocalRedirect("~/sign-in");
    }

    /// <summary>Whether this server's own page sent the form. One that cannot be read, such as one with null characters, is none of ours.</summary>
    public static async Task<bool> IsOwnFormAsync(HttpContext context, IAntiforgery antiforgery)
    {
        try
        {
            return context.Request.HasFormContentType && await antiforgery.IsRequestValidAsync(context);
        }
        catch (Exception e) when (e is AntiforgeryValidationException or InvalidDataException or BadHttpRequestException)
        {
            return false;
        }
    }
}
