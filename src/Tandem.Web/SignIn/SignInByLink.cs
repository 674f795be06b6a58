using Microsoft.AspNetCore.Http;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Web.SignIn;

/// <summary>
/// <c>/sign-in?code=…&amp;return=…</c>. A link from the console signs in by being opened: it never left the machine's own screen, and the person
/// in front of it wants in. A link that was sent shows a page first, and only its button uses it up: mail scanners and chat previews open what
/// they see. Without a code the address belongs to the sign-in page.
/// </summary>
internal sealed class SignInByLink(UserStore users)
{
    public const string Gone = "This link was used already or is too old. Restart the server for a new one, or ask whoever invited you.";

    /// <summary>The whole link that a code makes, for the server as the caller reached it.</summary>
    public static string Address(HttpRequest request, string code) =>
        $"{request.Scheme}://{request.Host}{request.PathBase}/sign-in?code={Uri.EscapeDataString(code)}";

    /// <summary>Answers a link from the console, and one that is none any more. All others go on to the page that asks.</summary>
    public async Task<bool> TryHandleAsync(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) || users.IsBrought || !request.Path.Equals("/sign-in", StringComparison.OrdinalIgnoreCase)
            || request.Query["code"].ToString() is not { Length: > 0 } code)
        {
            return false;
        }

        context.Response.Headers.CacheControl = "no-store";
        if (await FindAsync(code, context.RequestAborted) is not ({ } link, { } user))
        {
            context.Response.Redirect(request.PathBase + "/sign-in?error=link");
            return true;
        }

        if (link.Purpose != LinkPurpose.Console)
        {
            return false;
        }

        if (await users.Book.TakeLinkAsync(code, context.RequestAborted) is null)
        {
            context.Response.Redirect(request.PathBase + "/sign-in?error=link");
            return true;
        }

        await TandemSchemes.SignInAsync(context, user);
        context.Response.Redirect(request.PathBase + ReturnPaths.Local(request.Query["return"]));
        return true;
    }

    /// <summary>What a code is for, and whom it would sign in; null when it is none any more.</summary>
    public async Task<(KnownLink Link, KnownUser User)?> FindAsync(string code, CancellationToken cancellationToken) =>
        await users.Book.FindLinkAsync(code, cancellationToken) is { } link
        && users.FindKnown(link.UserName) is { IsDisabled: false } user && user.Stamp == link.Stamp
            ? (link, user)
            : null;

    /// <summary>Uses up a link that was sent, and sets the password that was chosen with it.</summary>
    /// <param name="code">The link's code.</param>
    /// <param name="password">What was chosen; empty for nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whom to sign in; or what to say, and whether the link is still good.</returns>
    public async Task<(KnownUser? User, string? Error, bool IsGood)> UseAsync(string code, string password, CancellationToken cancellationToken)
    {
        if (await FindAsync(code, cancellationToken) is not ({ } link, { } user))
        {
            return (null, Gone, false);
        }

        var rules = users.Options.Passwords;
        if (password.Length > 0 ? PasswordRules.FindFault(password, user.User.Name, rules) is { } fault : (fault = link.Purpose == LinkPurpose.Password ? "Choose a password." : "").Length > 0)
        {
            return (null, fault, true);
        }

        if (await users.Book.TakeLinkAsync(code, cancellationToken) is null)
        {
            return (null, Gone, false);
        }

        if (password.Length > 0 && await users.Book.SetPasswordAsync(user, password, user.User.Name, cancellationToken) is not AccountResult.Done)
        {
            return (null, "The password could not be kept. Ask for a new link.", false);
        }

        return (users.FindKnown(user.User.Name), null, true);
    }
}

/// <summary>Where to go after sign-in: nowhere but this server.</summary>
internal static class ReturnPaths
{
    public static string Local(string? path) =>
        path is ['/'] || path is ['/', not ('/' or '\\'), ..] && !path.Any(char.IsControl) ? path : "/";
}
