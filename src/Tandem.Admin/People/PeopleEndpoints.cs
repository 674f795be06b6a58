using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Access;
using Tandem.Admin.Errors;
using Tandem.Admin.Shell;
using Tandem.Web.Addresses;
using Tandem.Web.SignIn;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Admin.People;

/// <summary>Who may sign in, and what just came of an invitation.</summary>
/// <param name="Shell">What stands around the page.</param>
/// <param name="Users">People and programs.</param>
/// <param name="Groups">Groups, each with how many it holds.</param>
/// <param name="Watched">The tables the page follows.</param>
internal sealed record PeopleModel(ShellModel Shell, IReadOnlyList<KnownUser> Users, IReadOnlyList<(KnownGroup Group, int Members)> Groups, IReadOnlyList<string> Watched)
{
    public Secrets? Invited { get; init; }

    public string? Error { get; init; }

    public string? GroupError { get; init; }

    public string Name { get; init; } = "";

    /// <summary>What the list was searched for.</summary>
    public string Search { get; init; } = "";

    /// <summary>How many more there are than the page shows.</summary>
    public int More { get; init; }
}

/// <summary>What somebody needs to come in; shown once.</summary>
internal sealed record Secrets(string Name)
{
    public string? Link { get; init; }

    public string? Token { get; init; }
}

/// <summary><c>/people</c>: administrators see who there is, invite people, and add programs and groups.</summary>
internal static class PeopleEndpoints
{
    private const int MostShown = 200;

    public static void Map(IEndpointRouteBuilder endpoints, AdminSite site)
    {
        endpoints.MapGet("/groups", site.Page(Guarded(_ => Task.FromResult<IResult>(Results.LocalRedirect("~/people"))))).ExcludeFromDescription();
        endpoints.MapGet("/people", site.Page(Guarded(page => ShowAsync(page, m => m)))).ExcludeFromDescription();
        endpoints.MapPost("/people", site.Page(Guarded(InviteAsync))).ExcludeFromDescription();
        endpoints.MapPost("/people/groups", site.Page(Guarded(AddGroupAsync))).ExcludeFromDescription();
    }

    /// <summary>Lets administrators pass.</summary>
    public static Func<PageContext, Task<IResult>> Guarded(Func<PageContext, Task<IResult>> answer) => async page =>
    {
        var decision = page.Decide(null, TableAction.Administer);
        return decision.IsAllowed ? await answer(page) : await ErrorEndpoints.ShowAsync(page, 403, "People are for administrators", decision.Reason);
    };

    /// <summary>The tables that tell of accounts, by their full names, for a page to follow; none where the database has none.</summary>
    public static IReadOnlyList<string> Watched(PageContext page) =>
        [.. AccountTables.Names.Select(page.Database.FindSystem).OfType<Tables.ITable>().Select(t => t.Schema.Name)];

    private static async Task<IResult> ShowAsync(PageContext page, Func<PeopleModel, PeopleModel> more)
    {
        var users = page.Site.Users;
        var search = page.Http.Request.Query["q"].ToString().Trim();
        var found = users.List().Where(u => u.User.Name.Contains(search, StringComparison.OrdinalIgnoreCase) || u.Email?.Contains(search, StringComparison.OrdinalIgnoreCase) == true).ToList();
        return PageContext.View<PeoplePage>(more(new PeopleModel(
            await page.ShellAsync(), [.. found.Take(MostShown)], [.. users.Groups().Select(g => (g, users.MembersOf(g.Name).Count))], Watched(page))
        {
            Search = search,
            More = Math.Max(0, found.Count - MostShown),
        }));
    }

    private static async Task<IResult> InviteAsync(PageContext page)
    {
        var (form, users) = (await page.Http.Request.ReadFormAsync(page.Aborted), page.Site.Users);
        var (name, isService) = (form["name"].ToString().Trim(), form["kind"] == "service");
        if (!RoleNames.TryParse(form["role"], out var role))
        {
            return await ShowAsync(page, m => m with { Error = "Choose a role.", Name = name });
        }

        if (users.FindKnown(name) is not null)
        {
            return await ShowAsync(page, m => m with { Error = $"There is a user named '{name}' already. Choose another name.", Name = name });
        }

        switch (await users.Book.AddUserAsync(new NewUser(name, role) { IsService = isService, HasToken = isService }, page.User.Name, page.Aborted))
        {
            case AccountResult.Done { Id: { } added, Secret: var token }:
                var code = isService ? null : await users.Book.AddLinkAsync(users.FindKnown(added)!, LinkPurpose.SignIn, page.User.Name, page.Aborted);
                return await ShowAsync(page, m => m with
                {
                    Invited = new Secrets(added) { Token = token, Link = code is null ? null : SignInByLink.Address(page.Http.Request, code) },
                });
            case AccountResult.Refused refused:
                return await ShowAsync(page, m => m with { Error = refused.Message, Name = name });
            case var other:
                throw new InvalidOperationException($"Unknown outcome {other.GetType().Name}.");
        }
    }

    private static async Task<IResult> AddGroupAsync(PageContext page)
    {
        var form = await page.Http.Request.ReadFormAsync(page.Aborted);
        return await page.Site.Users.Book.AddGroupAsync(form["name"].ToString(), null, null, page.User.Name, page.Aborted) switch
        {
            AccountResult.Done done => Results.LocalRedirect("~" + Links.Group(done.Id!)),
            AccountResult.Refused refused => await ShowAsync(page, m => m with { GroupError = refused.Message }),
            var other => throw new InvalidOperationException($"Unknown outcome {other.GetType().Name}."),
        };
    }
}
