using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Tandem.Web.SignIn;

/// <summary>How a request tells who asks: a bearer token where there is an Authorization header, else the cookie. Where the application brings its own authentication, that.</summary>
internal static class TandemSchemes
{
    public const string Default = "Tandem";
    public const string Cookie = "Tandem.Cookie";
    public const string Bearer = "Tandem.Bearer";
    private const string StampClaim = "tandem:stamp";
    private const string TokenClaim = "tandem:token";

    public static void AddTo(IServiceCollection services)
    {
        services.AddAuthentication()
            .AddPolicyScheme(Default, null, options => options.ForwardDefaultSelector = IsBearer)
            .AddScheme<AuthenticationSchemeOptions, BearerHandler>(Bearer, null)
            .AddCookie(Cookie, options =>
            {
                options.Cookie.Name = "tandem";
                options.Cookie.SameSite = SameSiteMode.Strict;
                options.Cookie.HttpOnly = true;
                options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                options.SlidingExpiration = true;
                options.LoginPath = "/sign-in";
                options.ReturnUrlParameter = "return";
                options.Events.OnValidatePrincipal = ValidateAsync;
            });
        services.AddOptions<CookieAuthenticationOptions>(Cookie)
            .Configure<IOptions<TandemOptions>>((cookie, tandem) => cookie.ExpireTimeSpan = tandem.Value.SignIn.SessionLength);
        services.AddOptions<AuthenticationOptions>().Configure<IOptions<TandemOptions>>((authentication, tandem) =>
        {
            // What the application brings stays its default.
            if (tandem.Value.SignIn.FromPrincipal is null)
            {
                authentication.DefaultScheme = Default;
            }
        });
    }

    /// <summary>What a session or a request by token says of a user: the name, a stamp and the token. All else is looked up for every request.</summary>
    public static ClaimsPrincipal Principal(KnownUser user, string scheme, string? token = null) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.Name, user.User.Name), new Claim(StampClaim, user.Stamp), .. token is null ? Array.Empty<Claim>() : [new Claim(TokenClaim, token)]], scheme));

    /// <summary>The user a principal stands for, as the store knows it now.</summary>
    public static KnownUser? Find(UserStore users, ClaimsPrincipal? principal)
    {
        if (principal?.Identity is not { IsAuthenticated: true })
        {
            return null;
        }

        if (users.IsBrought)
        {
            return users.Bring(principal);
        }

        if (principal.Identity.Name is not { } name || users.FindKnown(name) is not { IsDisabled: false } known)
        {
            return null;
        }

        return principal.Identity.AuthenticationType switch
        {
            Cookie => IsOf(principal, known) ? known : null,
            // A token outlives a sign-out everywhere, which ends sessions; it ends by being revoked.
            Bearer when principal.FindFirst(TokenClaim)?.Value is { } token => users.CheckAgain(token) is TokenCheck.Passed passed && passed.User.User.Name == name ? passed.User : null,
            Bearer => known.MayUseApi ? known : null,
            _ => null,
        };
    }

    public static Task SignInAsync(HttpContext context, KnownUser user) => context.SignInAsync(
        Cookie, Principal(user, Cookie), new AuthenticationProperties { IsPersistent = true });

    private static bool IsOf(ClaimsPrincipal principal, KnownUser user) => principal.FindFirst(StampClaim)?.Value == user.Stamp;

    private static string IsBearer(HttpContext context) => context.Request.Headers.ContainsKey("Authorization") ? Bearer : Cookie;

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        if (Find(context.HttpContext.RequestServices.GetRequiredService<UserStore>(), context.Principal) is null)
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(Cookie);
        }
    }
}
