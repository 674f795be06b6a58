using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Access;
using Tandem.Admin.Errors;
using Tandem.Admin.Shell;
using Tandem.Web.SignIn;

namespace Tandem.Admin.People;

/// <summary>Who may sign in, and what just came of an invitation.</summary>
internal sealed record PeopleModel(ShellModel Shell, IReadOnlyList<KnownUser> Users)
{
    public Invitation? Invited { get; init; }

    public string? Error { get; init; }

    public string Name { get; init; } = "";
}

/// <summary>What an invited person needs; shown once.</summary>
internal sealed record Invitation(string Name, string Link, string Token);

/// <summary><c>/people</c>: administrators invite and remove.</summary>
internal static class PeopleEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints, AdminSite site)
    {
        endpoints.MapGet("/people", site.Page(Guarded((page, users) => ShowAsync(page, users, m => m)))).ExcludeFromDescription();
        endpoints.MapPost("/people", site.Page(Guarded(InviteAsync))).ExcludeFromDescription();
        endpoints.MapPost("/people/remove", site.Page(Guarded(RemoveAsync))).ExcludeFromDescription();
    }

    private static Func<PageContext, Task<IResult>> Guarded(Func<PageContext, UserStore, Task<IResult>> answer) => async page =>
    {
        var decision = page.Decide(null, TableAction.Administer);
        return decision.IsAllowed
            ? await answer(page, page.Http.RequestServices.GetRequiredService<UserStore>())
            : await ErrorEndpoints.ShowAsync(page, 403, "People are for administrators", decision.Reason);
    };

    private static async Task<IResult> ShowAsync(PageContext page, UserStore users, Func<PeopleModel, PeopleModel> more) =>
        PageContext.View<PeoplePage>(more(new PeopleModel(await page.ShellAsync(), users.List())));

    private static async Task<IResult> InviteAsync(PageContext page, UserStore users)
    {
        var form = await page.Http.Request.ReadFormAsync(page.Aborted);
        var name = form["name"].ToString();
        if (!RoleNames.TryParse(form["role"], out var role))
        {
            return await ShowAsync(page, users, m => m with { Error = "Choose a role.", Name = name });
        }

        var result = await users.InviteAsync(name, role, page.User, page.Aborted);
        return result switch
        {
            InviteResult.Invited invited => await ShowAsync(page, users, m => m with
            {
                Invited = new Invitation(
                    invited.User.Name,
                    SignInByLink.Address(page.Http.Request, invited.Code),
                    invited.Token),
            }),
            InviteResult.Refused refused => await ShowAsync(page, users, m => m with { Error = string.Join(" ", refused.Errors.Select(e => e.Message)), Name = name }),
            _ => throw new InvalidOperationException($"Unknown outcome {result.GetType().Name}."),
        };
    }

    private static async Task<IResult> RemoveAsync(PageContext page, UserStore users)
    {
        var form = await page.Http.Request.ReadFormAsync(page.Aborted);
        var name = form["name"].ToString();
        if (name == page.User.Name)
        {
            return await ShowAsync(page, users, m => m with { Error = "You cannot remove yourself. Ask another administrator." });
        }

        return await users.RemoveAsync(name, page.User, page.Aborted) is RemoveResult.Refused refused
            ? await ShowAsync(page, users, m => m with { Error = string.Join(" ", refused.Errors.Select(e => e.Message)) })
            : Results.LocalRedirect("~/people");
    }
}
