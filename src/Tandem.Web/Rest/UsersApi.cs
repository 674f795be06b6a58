using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tandem.Access;
using Tandem.Records;
using Tandem.Web.Addresses;
using Tandem.Web.Rest.Accounts;
using Tandem.Web.SignIn;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Web.Rest;

/// <summary>Users, for administrators.</summary>
internal sealed class UsersApi(UserStore users)
{
    private const string RoleWanted = "Send a role: administrator, editor, viewer or member.";

    public async Task ListAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        await AccountJson.AnswerListAsync(call, users.List(), (writer, user) => AccountJson.Write(writer, user, users));
    }

    public Task GetAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        return AnswerAsync(call, Known(call));
    }

    public async Task InviteAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        JsonBody.RequireType(call.Http.Request, "application/json");
        using var body = await JsonBody.ReadAsync(call.Http);
        AccountJson.RequireParts(body.RootElement, "name", "role", "kind", "email");
        var name = (AccountJson.Text(body.RootElement, "name") ?? "").Trim();
        var isService = AccountJson.Text(body.RootElement, "kind") == "service";
        // A program has no rights of its own: what it may do is granted.
        if (!RoleNames.TryParse(AccountJson.Text(body.RootElement, "role") ?? (isService ? "member" : null), out var role))
        {
            throw ApiProblemException.Refused([new FieldError("role", RoleWanted)]);
        }

        if (users.FindKnown(name) is not null)
        {
            throw ApiProblemException.Refused([new FieldError("name", $"There is a user named '{name}' already. Choose another name.")]);
        }

        var added = new NewUser(name, role) { IsService = isService, Email = AccountJson.Text(body.RootElement, "email"), HasToken = true };
        var done = AccountJson.Done(await users.Book.AddUserAsync(added, call.User.Name, call.Cancelled));
        var link = isService ? null : await users.Book.AddLinkAsync(users.FindKnown(done.Id!)!, LinkPurpose.SignIn, call.User.Name, call.Cancelled);
        var request = call.Http.Request;
        call.Http.Response.Headers.Location = request.PathBase + Links.ApiUser(done.Id!);
        call.Http.Response.Headers.CacheControl = "no-store";
        await RecordJson.AnswerAsync(call.Http, StatusCodes.Status201Created, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("name", done.Id);
            writer.WriteString("role", RoleNames.Of(role));
            writer.WriteString("token", done.Secret);
            writer.WriteString("signInLink", link is null ? null : SignInByLink.Address(request, link));
            writer.WriteEndObject();
        });
    }

    public async Task ChangeAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        JsonBody.RequireType(call.Http.Request, "application/merge-patch+json", "application/json");
        using var body = await JsonBody.ReadAsync(call.Http);
        var user = Known(call);
        List<KeyValuePair<string, object?>> set = [];
        List<FieldError> errors = [];
        foreach (var property in AccountJson.Properties(body.RootElement))
        {
            switch (property.Name, property.Value.ValueKind)
            {
                case ("role", JsonValueKind.String) when RoleNames.TryParse(AccountJson.Text(body.RootElement, "role"), out var role):
                    set.Add(new("role", RoleNames.Of(role)));
                    break;
                case ("role", _):
                    errors.Add(new FieldError("role", RoleWanted));
                    break;
                case ("email", JsonValueKind.String or JsonValueKind.Null):
                    set.Add(new("email", AccountJson.Text(body.RootElement, "email")));
                    break;
                case ("isDisabled", JsonValueKind.True or JsonValueKind.False):
                    set.Add(new("is_disabled", property.Value.GetBoolean()));
                    break;
                case ("mayUseApi", JsonValueKind.True or JsonValueKind.False):
                    set.Add(new("may_use_api", property.Value.GetBoolean()));
                    break;
                default:
                    errors.Add(new FieldError(property.Name, $"'{property.Name}' cannot be set to that. Send role, email, isDisabled or mayUseApi; the last two are true or false."));
                    break;
            }
        }

        if (errors.Count > 0)
        {
            throw ApiProblemException.Refused(errors);
        }

        RequireStored(user);
        if (user.User.Name == call.User.Name && set.Exists(s => s is { Key: "is_disabled", Value: true } || (s.Key == "role" && s.Value is not "administrator")))
        {
            throw ApiProblemException.Refused([new FieldError("name", "You cannot shut yourself out. Ask another administrator.")]);
        }

        if (set.Count > 0)
        {
            AccountJson.Done(await users.Book.ChangeUserAsync(user.User.Name, new Patch(set), call.User.Name, call.Cancelled));
        }

        await AnswerAsync(call, Known(call));
    }

    public async Task RemoveAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        var user = Known(call);
        RequireStored(user);
        AccountJson.Done(await users.Book.RemoveUserAsync(user.User.Name, call.User.Name, call.Cancelled));
        call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>A link by which a person chooses a password; who has it is as good as the person, so nobody but administrators gives it.</summary>
    public async Task LinkAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        var user = Known(call);
        if (user.User.IsService)
        {
            throw ApiProblemException.Refused([new FieldError("name", $"'{user.User.Name}' is a program's account. Make a token for it instead.")]);
        }

        var code = await users.Book.AddLinkAsync(user, LinkPurpose.Password, call.User.Name, call.Cancelled);
        call.Http.Response.Headers.CacheControl = "no-store";
        await RecordJson.AnswerAsync(call.Http, StatusCodes.Status201Created, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("signInLink", SignInByLink.Address(call.Http.Request, code));
            writer.WriteEndObject();
        });
    }

    public async Task SignOutAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        AccountJson.Done(await users.Book.SignOutEverywhereAsync(Known(call), call.User.Name, call.Cancelled));
        call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>The user that the address names.</summary>
    public KnownUser Known(ApiCall call)
    {
        var name = Links.Name(call.Segments[1]);
        return users.FindKnown(name) ?? throw ApiProblemException.NotFound($"There is no user '{name}'. GET /api/users lists the users.");
    }

    private Task AnswerAsync(ApiCall call, KnownUser user) =>
        RecordJson.AnswerAsync(call.Http, StatusCodes.Status200OK, writer => AccountJson.Write(writer, user, users));

    private static void RequireStored(KnownUser user)
    {
        if (user.IsNamed)
        {
            throw ApiProblemException.Forbidden($"'{user.User.Name}' is named by the server's options. Change those and restart to change or remove it.");
        }
    }
}
