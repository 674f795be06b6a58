using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Access;
using Tandem.Web.Rights;
using Tandem.Web.SignIn;

namespace Tandem.Web;

/// <summary>Who asks.</summary>
public static class TandemHttpContextExtensions
{
    /// <summary>The signed-in user with the role held at this moment, or null when nobody is signed in or the user was removed.</summary>
    /// <remarks>While an administrator looks through another's eyes it is that other user, seen by the administrator, who may only look.</remarks>
    public static User? GetTandemUser(this HttpContext context) => context.GetSignedInUser() is { } user ? context.RequestServices.GetRequiredService<ViewingAs>().Of(context, user) : null;

    /// <summary>Whoever is signed in, through whose eyes they look or not.</summary>
    internal static User? GetSignedInUser(this HttpContext context) => TandemSchemes.Find(context.RequestServices.GetRequiredService<UserStore>(), context.User)?.User;
}
