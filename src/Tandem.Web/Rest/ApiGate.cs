using Microsoft.AspNetCore.Http;
using Tandem.Access;
using Tandem.Web.SignIn;

namespace Tandem.Web.Rest;

/// <summary>Who may pass: known users, and browsers only from this server's own pages.</summary>
internal static class ApiGate
{
    public static User Pass(HttpContext context)
    {
        var user = context.GetTandemUser() ?? throw Stranger(BearerHandler.RefusalOf(context));
        var writes = !HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method);
        if (writes && !BearerHandler.IsUsed(context.Request) && !IsOwnPage(context.Request))
        {
            throw ApiProblemException.Forbidden("A write that is signed in by cookie must come from this server's own pages. Send the header 'X-Tandem: 1', or use a bearer token.");
        }

        // Whose page it is counts for writes: a page left open must not save under the name of who signed in after.
        if (writes && context.Request.Headers["X-Tandem-User"].ToString() is { Length: > 0 } opened && Uri.UnescapeDataString(opened) != user.Name)
        {
            throw ApiProblemException.Forbidden($"This page was opened by {Uri.UnescapeDataString(opened)}, and {user.Name} is signed in now. Nothing is saved under another's name: sign in again as {Uri.UnescapeDataString(opened)}, or reload the page.");
        }

        return writes && user.SeenBy is { } watcher
            ? throw ApiProblemException.Forbidden($"{watcher} looks as {user.Name} would, and may only look. Stop viewing as {user.Name} to write.")
            : user;
    }

    private static ApiProblemException Stranger(TokenCheck.Refused? refusal) => refusal is { IsKnown: true }
        ? ApiProblemException.Forbidden(refusal.Message)
        : new ApiProblemException(
            StatusCodes.Status401Unauthorized,
            refusal is null ? "Nobody is signed in. Send 'Authorization: Bearer' with your token, or sign in first." : $"{refusal.Message} Send a good one with 'Authorization: Bearer', or sign in.")
        {
            Header = ("WWW-Authenticate", "Bearer"),
        };

    /// <summary>A header of our own makes browsers ask first when another site sends it, and no other site gets a yes.</summary>
    private static bool IsOwnPage(HttpRequest request) => request.Headers["X-Tandem"] == "1" && !OwnPages.IsForeign(request);
}
