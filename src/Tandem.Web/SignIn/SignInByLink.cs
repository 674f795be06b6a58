using Microsoft.AspNetCore.Http;

namespace Tandem.Web.SignIn;

/// <summary><c>GET /sign-in?code=…&amp;return=…</c>: uses a link up and goes on. Without a code the address belongs to the sign-in page.</summary>
internal sealed class SignInByLink(SignInLinks links, UserStore users)
{
    /// <summary>The whole link that a code makes, for the server as the caller reached it.</summary>
    public static string Address(HttpRequest request, string code) =>
        $"{request.Scheme}://{request.Host}{request.PathBase}/sign-in?code={Uri.EscapeDataString(code)}";

    public async Task<bool> TryHandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) || !request.Path.Equals("/sign-in", StringComparison.OrdinalIgnoreCase)
            || request.Query["code"].ToString() is not { Length: > 0 } code)
        {
            return false;
        }

        context.Response.Headers.CacheControl = "no-store";
        if (links.Take(code) is var (name, stamp) && users.FindKnown(name) is { } user && user.Stamp == stamp)
        {
            await TandemSchemes.SignInAsync(context, user);
            context.Response.Redirect(request.PathBase + ReturnPaths.Local(request.Query["return"]));
        }
        else
        {
            context.Response.Redirect(request.PathBase + "/sign-in?error=link");
        }

        return true;
    }
}

/// <summary>Where to go after sign-in: nowhere but this server.</summary>
internal static class ReturnPaths
{
    public static string Local(string? path) =>
        path is ['/'] || path is ['/', not ('/' or '\\'), ..] && !path.Any(char.IsControl) ? path : "/";
}
