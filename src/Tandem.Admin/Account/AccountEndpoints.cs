using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Admin.Errors;
using Tandem.Admin.People;
using Tandem.Admin.Shell;
using Tandem.Web.SignIn;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Admin.Account;

/// <summary>A person's own account.</summary>
internal sealed record AccountModel(ShellModel Shell, KnownUser Known, IReadOnlyList<KnownToken> Tokens, bool MayMakeTokens, int MinimumLength)
{
    public Secrets? Made { get; init; }

    public string? Error { get; init; }

    public string? Said { get; init; }
}

/// <summary><c>/account</c>: one's own password, tokens and sessions.</summary>
internal static class AccountEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints, AdminSite site)
    {
        endpoints.MapGet("/account", site.Page(page => ShowAsync(page, m => m))).ExcludeFromDescription();
        endpoints.MapPost("/account", site.Page(DoAsync)).ExcludeFromDescription();
    }

    private static async Task<IResult> ShowAsync(PageContext page, Func<AccountModel, AccountModel> more, int status = 200)
    {
        var users = page.Site.Users;
        if (users.IsBrought || users.FindKnown(page.User.Name) is not { } known)
        {
            return await ErrorEndpoints.ShowAsync(page, 404, "Your account is kept elsewhere", "Password and sessions belong to the application that signed you in.");
        }

        return PageContext.View<AccountPage>(
            more(new AccountModel(await page.ShellAsync(), known, users.TokensOf(page.User.Name), users.Options.OwnTokens, users.Options.Passwords.MinimumLength)), status);
    }

    private static async Task<IResult> DoAsync(PageContext page)
    {
        var users = page.Site.Users;
        // Only a session of the person's own may change the account: a token may not make tokens, and who looks through another's eyes only looks.
        if (page.User.SeenBy is not null || users.IsBrought || users.FindKnown(page.User.Name) is not { } known || page.User.Scopes is not null || BearerHandler.IsUsed(page.Http.Request))
        {
            return await ShowAsync(page, m => m with { Error = "Sign in with a browser to change your account." }, 403);
        }

        var form = await page.Http.Request.ReadFormAsync(page.Aborted);
        switch (form["do"].ToString())
        {
            case "password":
                return await ChangePasswordAsync(page, known, form);
            case "sign-out":
                return await users.Book.SignOutEverywhereAsync(known, known.User.Name, page.Aborted) is AccountResult.Refused stays
                    ? await ShowAsync(page, m => m with { Error = stays.Message }, 422)
                    : Results.LocalRedirect("~/sign-in");
            case "token" when users.Options.OwnTokens:
                var made = await TokenForm.AddAsync(page, known.User.Name, form);
                return await ShowAsync(page, m => made switch
                {
                    AccountResult.Done { Secret: { } token } => m with { Made = new Secrets(known.User.Name) { Token = token } },
                    AccountResult.Refused refused => m with { Error = refused.Message },
                    _ => m with { Error = "The token was not made. Try again." },
                });
            case "revoke":
                var revoked = await TokenForm.RevokeAsync(page, known.User.Name, form);
                return await ShowAsync(page, m => revoked is AccountResult.Refused refused ? m with { Error = refused.Message } : m with { Said = "The token is refused from now on." });
            default:
                return await ShowAsync(page, m => m with { Error = "That cannot be done here." }, 400);
        }
    }

    private static async Task<IResult> ChangePasswordAsync(PageContext page, KnownUser known, IFormCollection form)
    {
        var (users, name) = (page.Site.Users, known.User.Name);
        if (known.HasPassword)
        {
            // The old password is tried as at sign-in, so that whoever sits down at an open page gets no further either.
            var tried = await page.Http.RequestServices.GetRequiredService<PasswordSignIn>()
                .TryAsync(page.Http.Connection.RemoteIpAddress, name, form["old"].ToString(), page.Aborted);
            if (tried is not SignInResult.Passed)
            {
                if (tried is SignInResult.Wait wait)
                {
                    page.Http.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.For.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
                }

                return await ShowAsync(page, m => m with { Error = tried is SignInResult.Wait ? "Too many wrong passwords. Try again in a few minutes." : "The old password is wrong." }, tried is SignInResult.Wait ? 429 : 422);
            }
        }

        if (await users.Book.SetPasswordAsync(known, form["new"].ToString(), name, page.Aborted) is AccountResult.Refused refused)
        {
            return await ShowAsync(page, m => m with { Error = refused.Message }, 422);
        }

        // Every session ended with the old password; this one begins anew.
        await TandemSchemes.SignInAsync(page.Http, users.FindKnown(name) ?? known);
        return await ShowAsync(page, m => m with { Said = "Your password is changed. All your other sessions have ended." });
    }
}
