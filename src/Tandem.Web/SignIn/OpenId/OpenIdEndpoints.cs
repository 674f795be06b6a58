using System.Net;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace Tandem.Web.SignIn.OpenId;

/// <summary><c>POST /sign-in/openid/start</c> sends the browser to the provider; <c>GET /sign-in/openid</c> takes the answer.</summary>
internal sealed partial class OpenIdEndpoints(OpenIdProvider provider, OpenIdAccounts accounts, UserStore users, IDataProtectionProvider protection, ILogger<OpenIdEndpoints> logger)
{
    private const string Callback = "/sign-in/openid";

    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/sign-in/openid/start", (Delegate)StartAsync).WithOrder(-1).DisableAntiforgery().ExcludeFromDescription();
        endpoints.MapGet(Callback, (Delegate)AnswerAsync).WithOrder(-1).AllowAnonymous().ExcludeFromDescription();
    }

    private bool IsOff => users.IsBrought || users.Options.OpenId is null;

    private async Task<IResult> StartAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (IsOff)
        {
            return Results.NotFound();
        }

        if (!await SignInEndpoints.IsOwnFormAsync(context, antiforgery))
        {
            return Results.LocalRedirect("~/sign-in?error=form");
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        try
        {
            var (facts, options) = (await provider.FactsAsync(context.RequestAborted), provider.Options);
            var question = OpenIdQuestion.New(ReturnPaths.Local(form["return"]));
            question.Keep(context, protection);
            // A page may send its form only to this server, and a redirect counts as sending; a link that opens by itself does not.
            return Onward(context, QueryHelpers.AddQueryString(facts.AuthorizationEndpoint.ToString(), new Dictionary<string, string?>
            {
                ["response_type"] = "code",
                ["client_id"] = options.ClientId,
                ["redirect_uri"] = Redirect(context),
                ["scope"] = string.Join(' ', options.Scopes),
                ["state"] = question.State,
                ["nonce"] = question.Nonce,
                ["code_challenge"] = question.Challenge,
                ["code_challenge_method"] = "S256",
            }));
        }
        catch (OpenIdException e)
        {
            LogFailed(e);
            return Results.LocalRedirect("~/sign-in?error=openid");
        }
    }

    private async Task<IResult> AnswerAsync(HttpContext context)
    {
        if (IsOff)
        {
            return Results.NotFound();
        }

        var query = context.Request.Query;
        try
        {
            if (OpenIdQuestion.Take(context, protection) is not { } question || !Tokens.Same(question.State, query["state"].ToString()))
            {
                throw new OpenIdException("An answer came that this browser did not ask for: its state differs.");
            }

            if (query["code"].ToString() is not { Length: > 0 } code)
            {
                throw new OpenIdException($"The provider refused: {query["error"]}.");
            }

            var claims = await provider.ExchangeAsync(code, question.Verifier, question.Nonce, Redirect(context), context.RequestAborted);
            if (await accounts.FindAsync(claims, provider.Options, context.RequestAborted) is not { } user)
            {
                return Results.LocalRedirect("~/sign-in?error=unknown");
            }

            await TandemSchemes.SignInAsync(context, user);
            return Onward(context, context.Request.PathBase + question.Return);
        }
        catch (OpenIdException e)
        {
            LogFailed(e);
            return Results.LocalRedirect("~/sign-in?error=openid");
        }
    }

    private static string Redirect(HttpContext context) => $"{context.Request.Scheme}://{context.Request.Host}{context.Request.PathBase}{Callback}";

    /// <summary>
    /// A page that goes on by itself. A redirect would still count as coming from the provider's site, and the session's strict cookie would not be
    /// sent along; from this page it is.
    /// </summary>
    private static IResult Onward(HttpContext context, string address)
    {
        context.Response.Headers.CacheControl = "no-store";
        var target = WebUtility.HtmlEncode(address);
        return Results.Content(
            $"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8" /><title>Signing in</title><meta http-equiv="refresh" content="0;url={target}" /></head><body><p><a href="{target}">Go on</a></p></body></html>""",
            "text/html; charset=utf-8");
    }

    [LoggerMessage(1022, LogLevel.Warning, "A sign-in by OpenID did not work")]
    private partial void LogFailed(Exception cause);
}
