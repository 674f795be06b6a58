using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tandem.Admin.Shell;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Admin.People;

/// <summary>Makes and revokes tokens as forms ask for it.</summary>
internal static class TokenForm
{
    public static Task<AccountResult> AddAsync(PageContext page, string user, IFormCollection form)
    {
        DateTimeOffset? expiresAt = null;
        if (int.TryParse(form["days"], NumberStyles.None, CultureInfo.InvariantCulture, out var days) && days is > 0 and <= 3660)
        {
            expiresAt = page.Site.Clock.GetUtcNow().AddDays(days);
        }

        return page.Site.Users.Book.AddTokenAsync(user, form["token_name"].ToString(), form["scopes"].ToString(), expiresAt, page.User.Name, page.Aborted);
    }

    public static Task<AccountResult> RevokeAsync(PageContext page, string user, IFormCollection form) =>
        page.Site.Users.Book.RevokeTokenAsync(user, form["id"].ToString(), page.User.Name, page.Aborted);
}
