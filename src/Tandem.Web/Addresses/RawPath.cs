using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tandem.Web.Addresses;

/// <summary>The segments of a request's address as the caller sent them, still percent-encoded: names and keys may hold slashes, commas and percent signs.</summary>
internal static class RawPath
{
    /// <summary>The segments behind the application's own path base; an empty last one does not count.</summary>
    public static IReadOnlyList<string> Segments(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (Uri.TryCreate(target, UriKind.Absolute, out _) && !target.StartsWith('/'))
        {
            // The absolute form names scheme and host first.
            var path = target.IndexOf('/', target.IndexOf("//", StringComparison.Ordinal) + 2);
            target = path < 0 ? "/" : target[path..];
        }

        if (target.Length == 0)
        {
            target = context.Request.PathBase.ToUriComponent() + context.Request.Path.ToUriComponent();
        }

        var query = target.IndexOf('?', StringComparison.Ordinal);
        var segments = (query < 0 ? target : target[..query]).Split('/')[1..];
        var own = context.Request.PathBase.Value.AsSpan().Count('/');
        return segments.Length <= own ? [] : segments[^1].Length == 0 ? segments[own..^1] : segments[own..];
    }

    /// <summary>One of the segments, or nothing where the path is shorter.</summary>
    public static string Segment(HttpContext context, int index) =>
        Segments(context) is var segments && index < segments.Count ? segments[index] : "";
}
