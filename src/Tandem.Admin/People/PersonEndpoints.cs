using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Admin.Errors;
using Tandem.Admin.Shell;
using Tandem.Records;
using Tandem.Web.Addresses;
using Tandem.Web.SignIn;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Admin.People;

/// <summary>One account, for administrators.</summary>
internal sealed record PersonModel(ShellModel Shell, DateTimeOffset Now, KnownUser Known, IReadOnlyList<string> Direct, IReadOnlyList<KnownGroup> Groups, IReadOnlyList<KnownToken> Tokens, IReadOnlyList<string> Watched)
{
    public Secrets? Made { get; init; }

    public string? Error { get; init; }

    public string? Said { get; init; }
}

/// <summary><c>/people/{name}</c>: role, groups, switches, tokens, a link, sign-out everywhere, removal.</summary>
internal static class PersonEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints, AdminSite site)
    {
        endpoints.MapGet("/people/{name}", site.Page(PeopleEndpoints.Guarded(page => WithAsync(page, (known, _) => ShowAsync(page, known.User.Name, m => m))))).ExcludeFromDescription();
        endpoints.MapPost("/people/{name}", site.Page(PeopleEndpoints.Guarded(page => WithAsync(page, (known, form) => DoAsync(page, known, form))))).ExcludeFromDescription();
    }

    private static async Task<IResult> WithAsync(PageContext page, Func<KnownUser, IFormCollection, Task<IResult>> answer)
    {
        var name = Links.Name(RawPath.Segment(page.Http, 1));
        var form = HttpMethods.IsPost(page.Http.Request.Method) ? await page.Http.Request.ReadFormAsync(page.Aborted) : FormCollection.Empty;
        return page.Site.Users.FindKnown(name) is { } known
            ? await answer(known, form)
            : await ErrorEndpoints.ShowAsync(page, 404, "There is nobody of that name", $"“{name}” is no account here, or was removed meanwhile.");
    }

    private static async Task<IResult> ShowAsync(PageContext page, string name, Func<PersonModel, PersonModel> more)
    {
        var users = page.Site.Users;
        return users.FindKnown(name) is { } known
            ? PageContext.View<PersonPage>(more(new PersonModel(
                await page.ShellAsync(), page.Site.Clock.GetUtcNow(), known, users.DirectGroupsOf(name), users.Groups(), users.TokensOf(name), PeopleEndpoints.Watched(page))))
            : Results.LocalRedirect("~/people");
    }

    private static async Task<IResult> DoAsync(PageContext page, KnownUser known, IFormCollection form)
    {
        var (users, name, by) = (page.Site.Users, known.User.Name, page.User.Name);
        switch (form["do"].ToString())
        {
            case "save":
                return await AnswerAsync(await SaveAsync(page, known, form), "Saved.");
            case "groups":
                return await AnswerAsync(await PutIntoAsync(page, name, [.. form["group"].OfType<string>()]), "Saved.");
            case "token":
                var made = await TokenForm.AddAsync(page, name, form);
                return made is AccountResult.Done { Secret: { } token }
                    ? await ShowAsync(page, name, m => m with { Made = new Secrets(name) { Token = token } })
                    : await AnswerAsync(made, "");
            case "revoke":
                return await AnswerAsync(await TokenForm.RevokeAsync(page, name, form), "The token is refused from now on.");
            case "link" when !known.User.IsService:
                var code = await users.Book.AddLinkAsync(known, LinkPurpose.Password, by, page.Aborted);
                return await ShowAsync(page, name, m => m with { Made = new Secrets(name) { Link = SignInByLink.Address(page.Http.Request, code) } });
            case "sign-out":
                return await AnswerAsync(await users.Book.SignOutEverywhereAsync(known, by, page.Aborted), "Every session has ended.");
            case "remove" when name == by:
                return await ShowAsync(page, name, m => m with { Error = "You cannot remove yourself. Ask another administrator." });
            case "remove" when !known.IsNamed:
                var removed = await users.Book.RemoveUserAsync(name, by, page.Aborted);
                return removed is AccountResult.Done ? Results.LocalRedirect("~/people") : await AnswerAsync(removed, "");
            default:
                return await ShowAsync(page, name, m => m with { Error = "That cannot be done with this account." });
        }

        Task<IResult> AnswerAsync(AccountResult result, string said) => ShowAsync(page, name, m => result switch
        {
            AccountResult.Refused refused => m with { Error = refused.Message },
            AccountResult.Unknown unknown => m with { Error = unknown.Message },
            _ => m with { Said = said },
        });
    }

    private static async Task<AccountResult> SaveAsync(PageContext page, KnownUser known, IFormCollection form)
    {
        if (known.IsNamed)
        {
            return new AccountResult.Refused("name", $"'{known.User.Name}' is named by the server's options. Change those and restart.");
        }

        if (!RoleNames.TryParse(form["role"], out var role))
        {
            return new AccountResult.Refused("role", "Choose a role.");
        }

        var isDisabled = form["is_disabled"] == "true";
        if (known.User.Name == page.User.Name && (isDisabled || role != known.User.Role))
        {
            return new AccountResult.Refused("name", "You cannot shut yourself out. Ask another administrator.");
        }

        var email = form["email"].ToString().Trim();
        return await page.Site.Users.Book.ChangeUserAsync(
            known.User.Name,
            new Patch([new("role", RoleNames.Of(role)), new("email", email.Length == 0 ? null : email), new("is_disabled", isDisabled), new("may_use_api", form["may_use_api"] == "true")]),
            page.User.Name, page.Aborted);
    }

    private static async Task<AccountResult> PutIntoAsync(PageContext page, string name, HashSet<string> wanted)
    {
        var (users, by) = (page.Site.Users, page.User.Name);
        foreach (var group in users.Groups().Select(g => g.Name))
        {
            var isIn = users.DirectGroupsOf(name).Contains(group);
            var result = isIn == wanted.Contains(group) ? null
                : isIn ? await users.Book.RemoveMemberAsync(new Member(group, false, name), by, page.Aborted)
                : await users.Book.AddMemberAsync(new Member(group, false, name), by, page.Aborted);
            if (result is AccountResult.Refused)
            {
                return result;
            }
        }

        return new AccountResult.Done();
    }
}
