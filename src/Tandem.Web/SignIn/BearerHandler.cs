using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Tandem.Web.SignIn;

/// <summary>Reads <c>Authorization: Bearer …</c>.</summary>
internal sealed class BearerHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, UserStore users)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    private const string Prefix = "Bearer ";

    /// <summary>Whether a request brings a token of its own accord. Browsers never add one by themselves, as they add cookies and other credentials.</summary>
    public static bool IsUsed(HttpRequest request) => request.Headers.Authorization.ToString().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>Why the token of a request was refused, or null.</summary>
    public static TokenCheck.Refused? RefusalOf(HttpContext context) => context.Items[typeof(TokenCheck)] as TokenCheck.Refused;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (users.IsBrought || !IsUsed(Request))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var check = users.CheckToken(Request.Headers.Authorization.ToString()[Prefix.Length..].Trim());
        if (check is not TokenCheck.Passed passed)
        {
            Context.Items[typeof(TokenCheck)] = check;
            return Task.FromResult(AuthenticateResult.Fail(((TokenCheck.Refused)check).Message));
        }

        if (passed.Token is { } token)
        {
            users.NoteUse(token);
        }

        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(
            TandemSchemes.Principal(passed.User, TandemSchemes.Bearer, passed.Token?.Id), TandemSchemes.Bearer)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer";
        return Task.CompletedTask;
    }
}
