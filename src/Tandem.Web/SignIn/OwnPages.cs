using Microsoft.AspNetCore.Http;

namespace Tandem.Web.SignIn;

/// <summary>Tells requests that this server's own pages make from those that another site makes a browser send.</summary>
internal static class OwnPages
{
    /// <summary>Whether a page of another origin sent the request. Programs that are no browsers name no origin.</summary>
    public static bool IsForeign(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none")
            || (origin.Length > 0 && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && new HostString(from.Authority) == Plain(request)));
    }

    private static HostString Plain(HttpRequest request) =>
        new(new Uri($"{request.Scheme}://{request.Host.ToUriComponent()}").Authority);
}
