using System.Security.Claims;
using Tandem.Access;
using Tandem.Accounts;

namespace Tandem.Web.Tests.Guides;

/// <summary>The lines of docs/guides/accounts.md.</summary>
internal static class AccountsGuide
{
    public static void Passwords(TandemOptions tandem)
    {
        tandem.SignIn.Passwords.MinimumLength = 16;
        tandem.SignIn.Passwords.FailuresUntilLock = 5;
        tandem.SignIn.Passwords.LockFor = TimeSpan.FromMinutes(5);
        tandem.SignIn.SessionLength = TimeSpan.FromHours(12);
        tandem.SignIn.OwnTokens = false;
    }

    public static void Provider(TandemOptions tandem, string secret)
    {
        tandem.SignIn.OpenId = new OpenIdOptions
        {
            Authority = "https://login.example.org/realms/bakery",
            ClientId = "tandem",
            ClientSecret = secret,
            Label = "the bakery's account",
            AddsUnknown = true,
        };
        tandem.SignIn.OpenId.Groups["oven-team"] = "bakers";
        tandem.SignIn.OpenId.Roles["it"] = Role.Administrator;
    }

    public static void Brought(TandemOptions tandem)
    {
        tandem.SignIn.FromPrincipal = principal => principal.Identity?.Name is not { } name ? null
            : new User(name, principal.IsInRole("it") ? Role.Administrator : Role.Member)
            {
                Groups = [.. principal.FindAll(ClaimTypes.Role).Select(c => c.Value)],
            };
    }
}
