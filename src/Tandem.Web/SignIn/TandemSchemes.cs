using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Tandem.Web.SignIn;

/// <summary>How a request tells who asks: a bearer token where there is an Authorization header, else the cookie.</summary>
internal static class TandemSchemes
{
    public const string Default = "Tandem";
    public const string Cookie = "Tandem.Cookie";
    public const string Bearer = "Tandem.Bearer";
    private const string StampClaim = "tandem:stamp";

    public static void AddTo(IServiceCollection services) => services
        .AddAuthentication(Default)
        .AddPolicyScheme(Default, null, options => options.ForwardDefaultSelector = IsBearer)
        .AddScheme<AuthenticationSchemeOptions, BearerHandler>(Bearer, null)
        .AddCookie(Cookie, options =>
        {
            options.Cookie.Name = "tandem";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.HttpOnly = true;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.ExpireTimeSpan = TimeSpan.FromDays(14);
            options.SlidingExpiration = true;
            options.LoginPath = "/sign-in";
            options.ReturnUrlParameter = "return";
            options.Events.OnValidatePrincipal = ValidateAsync;
        });

    /// <summary>What a cookie says of a user: the name and a stamp. The role is looked up for every request.</summary>
    public static ClaimsPrincipal Principal(KnownUser user, string scheme) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, user.User.Name), new Claim(StampClaim, user.Stamp)], scheme));

    /// <summary>The user a principal stands for, as the store knows it now.</summary>
    public static KnownUser? Find(UserStore users, ClaimsPrincipal? principal) =>
        principal?.Identity is { IsAuthenticated: true, Name: { } name }
        && principal.Identity.AuthenticationType is Cookie or Bearer
        && users.FindKnown(name) is { } known
        && principal.FindFirst(StampClaim)?.Value == known.Stamp
            ? known
            : null;

    public static Task SignInAsync(HttpContext context, KnownUser user) => context.SignInAsync(
        Cookie, Principal(user, Cookie), new AuthenticationProperties { IsPersistent = true });

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
