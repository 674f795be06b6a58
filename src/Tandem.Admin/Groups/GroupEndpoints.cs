using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Admin.Errors;
using Tandem.Admin.People;
using Tandem.Admin.Shell;
using Tandem.Records;
using Tandem.Web.Addresses;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Admin.Groups;

/// <summary>One group, for administrators.</summary>
internal sealed record GroupModel(ShellModel Shell, KnownGroup Group, IReadOnlyList<Member> Members, IReadOnlyList<string> Users, IReadOnlyList<KnownGroup> Groups, IReadOnlyList<string> Watched)
{
    public string? Error { get; init; }
}

/// <summary><c>/groups/{name}</c>: what a group is for and who is in it.</summary>
internal static class GroupEndpoints
{
    /// <summary>How many members a page shows.</summary>
    public const int MostShown = 500;

    public static void Map(IEndpointRouteBuilder endpoints, AdminSite site)
    {
        endpoints.MapGet("/groups/{name}", site.Page(PeopleEndpoints.Guarded(page => ShowAsync(page, null)))).ExcludeFromDescription();
        endpoints.MapPost("/groups/{name}", site.Page(PeopleEndpoints.Guarded(DoAsync))).ExcludeFromDescription();
    }

    private static string Name(PageContext page) => Links.Name(RawPath.Segment(page.Http, 1));

    private static async Task<IResult> ShowAsync(PageContext page, string? error)
    {
        var (users, name) = (page.Site.Users, Name(page));
        if (users.FindGroup(name) is not { } group)
        {
            return await ErrorEndpoints.ShowAsync(page, 404, "There is no such group", $"“{name}” is no group here, or was removed meanwhile.");
        }

        var members = users.MembersOf(name);
        return PageContext.View<GroupPage>(new GroupModel(
            await page.ShellAsync(), group, members,
            [.. users.List().Select(u => u.User.Name).Except(members.Where(m => !m.IsGroup).Select(m => m.Name))],
            [.. users.Groups().Where(g => g.Name != name && !members.Any(m => m.IsGroup && m.Name == g.Name))],
            PeopleEndpoints.Watched(page)) { Error = error });
    }

    private static async Task<IResult> DoAsync(PageContext page)
    {
        var (book, name, by) = (page.Site.Users.Book, Name(page), page.User.Name);
        var form = await page.Http.Request.ReadFormAsync(page.Aborted);
        var isGroup = form["kind"] == "group";
        var member = new Member(name, isGroup, form["member"].ToString().Trim());
        AccountResult? result = form["do"].ToString() switch
        {
            "save" => await book.ChangeGroupAsync(name, new Patch([new("label", Given("label")), new("help", Given("help"))]), by, page.Aborted),
            "add" when isGroup || page.Site.Users.FindKnown(member.Name) is not null => await book.AddMemberAsync(member, by, page.Aborted),
            "add" => new AccountResult.Unknown($"There is nobody named '{member.Name}'. Invite them first."),
            "take-out" => await book.RemoveMemberAsync(member, by, page.Aborted),
            "remove" => await book.RemoveGroupAsync(name, by, page.Aborted),
            _ => null,
        };
        return result switch
        {
            AccountResult.Refused refused => await ShowAsync(page, refused.Message),
            AccountResult.Unknown unknown => await ShowAsync(page, unknown.Message),
            _ => Results.LocalRedirect("~" + (form["do"] == "remove" ? "/people" : Links.Group(name))),
        };

        string? Given(string field) => form[field].ToString().Trim() is { Length: > 0 } text ? text : null;
    }
}
