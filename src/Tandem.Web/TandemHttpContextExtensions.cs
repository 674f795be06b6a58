using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Access;
using Tandem.Web.SignIn;

namespace Tandem.Web;

/// <summary>Who asks.</summary>
public static class TandemHttpContextExtensions
{
    /// <summary>The signed-in user with the role held at this moment, or null when nobody is signed in or the user was removed.</summary>
    public static User? GetTandemUser(this HttpContext context) =>
        TandemSchemes.Find(context.RequestServices.GetRequiredService<UserStore>(), context.User)?.User;
}
