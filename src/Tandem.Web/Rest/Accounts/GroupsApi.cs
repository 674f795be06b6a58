using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tandem.Access;
using Tandem.Records;
using Tandem.Web.Addresses;
using Tandem.Web.SignIn;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Web.Rest.Accounts;

/// <summary>Groups and who is in them, for administrators.</summary>
internal sealed class GroupsApi(UserStore users)
{
    public Task ListAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        return AccountJson.AnswerListAsync(call, users.Groups(), (writer, group) => AccountJson.Write(writer, group, users));
    }

    public Task GetAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        return AnswerAsync(call, StatusCodes.Status200OK, Name(call));
    }

    public async Task AddAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        JsonBody.RequireType(call.Http.Request, "application/json");
        using var body = await JsonBody.ReadAsync(call.Http);
        AccountJson.RequireParts(body.RootElement, "name", "label", "help");
        var done = AccountJson.Done(await users.Book.AddGroupAsync(
            AccountJson.Text(body.RootElement, "name") ?? "", AccountJson.Text(body.RootElement, "label"), AccountJson.Text(body.RootElement, "help"), call.User.Name, call.Cancelled));
        call.Http.Response.Headers.Location = call.Http.Request.PathBase + Links.ApiGroup(done.Id!);
        await AnswerAsync(call, StatusCodes.Status201Created, done.Id!);
    }

    public async Task ChangeAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        JsonBody.RequireType(call.Http.Request, "application/merge-patch+json", "application/json");
        using var body = await JsonBody.ReadAsync(call.Http);
        var name = Name(call);
        List<KeyValuePair<string, object?>> set = [];
        foreach (var property in AccountJson.Properties(body.RootElement))
        {
            if (property is not { Name: "label" or "help", Value.ValueKind: JsonValueKind.String or JsonValueKind.Null })
            {
                throw ApiProblemException.Refused([new FieldError(property.Name, $"'{property.Name}' cannot be set to that. Send label or help as text or null.")]);
            }

            set.Add(new(property.Name, AccountJson.Text(body.RootElement, property.Name)));
        }

        if (set.Count > 0)
        {
            AccountJson.Done(await users.Book.ChangeGroupAsync(name, new Patch(set), call.User.Name, call.Cancelled));
        }

        await AnswerAsync(call, StatusCodes.Status200OK, name);
    }

    public async Task RemoveAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        AccountJson.Done(await users.Book.RemoveGroupAsync(Name(call), call.User.Name, call.Cancelled));
        call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary><c>PUT</c> and <c>DELETE /api/groups/{name}/users/{user}</c>, and <c>…/groups/{group}</c>.</summary>
    public async Task MemberAsync(ApiCall call, bool isIn)
    {
        call.Require(null, TableAction.Administer);
        var member = new Member(Name(call), call.Segments[2] == "groups", Links.Name(call.Segments[3]));
        if (isIn && !member.IsGroup && users.FindKnown(member.Name) is null)
        {
            throw ApiProblemException.NotFound($"There is no user '{member.Name}'. GET /api/users lists the users.");
        }

        AccountJson.Done(isIn
            ? await users.Book.AddMemberAsync(member, call.User.Name, call.Cancelled)
            : await users.Book.RemoveMemberAsync(member, call.User.Name, call.Cancelled));
        call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>The group that the address names.</summary>
    private string Name(ApiCall call)
    {
        var name = Links.Name(call.Segments[1]);
        return users.FindGroup(name) is not null ? name : throw ApiProblemException.NotFound($"There is no group '{name}'. GET /api/groups lists the groups.");
    }

    private Task AnswerAsync(ApiCall call, int status, string name) =>
        RecordJson.AnswerAsync(call.Http, status, writer => AccountJson.Write(writer, users.FindGroup(name)!, users));
}
