using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tandem.Access;
using Tandem.Records;
using Tandem.Web.Addresses;
using Tandem.Web.SignIn;

namespace Tandem.Web.Rest;

/// <summary>Users, for administrators.</summary>
internal sealed class UsersApi(UserStore users)
{
    public async Task ListAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        await RecordJson.AnswerAsync(call.Http, StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("value");
            foreach (var user in users.List())
            {
                writer.WriteStartObject();
                writer.WriteString("name", user.User.Name);
                writer.WriteString("role", RoleNames.Of(user.User.Role));
                writer.WriteString("createdAt", user.CreatedAt is { } at ? ValueText.Plain(at) : null);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });
    }

    public async Task InviteAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        JsonBody.RequireType(call.Http.Request, "application/json");
        using var body = await JsonBody.ReadAsync(call.Http);
        var name = Text(body.RootElement, "name") ?? "";
        if (!RoleNames.TryParse(Text(body.RootElement, "role"), out var role))
        {
            throw ApiProblemException.Refused([new FieldError("role", "Send a role: administrator, editor or viewer.")]);
        }

        var invited = await users.InviteAsync(name, role, call.User, call.Cancelled) switch
        {
            InviteResult.Invited done => done,
            InviteResult.Refused refused => throw ApiProblemException.Refused(refused.Errors),
            var other => throw new InvalidOperationException($"Unknown outcome {other.GetType().Name}."),
        };

        var request = call.Http.Request;
        call.Http.Response.Headers.Location = request.PathBase + Links.ApiUser(invited.User.Name);
        call.Http.Response.Headers.CacheControl = "no-store";
        await RecordJson.AnswerAsync(call.Http, StatusCodes.Status201Created, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("name", invited.User.Name);
            writer.WriteString("role", RoleNames.Of(invited.User.Role));
            writer.WriteString("token", invited.Token);
            writer.WriteString("signInLink", SignInByLink.Address(request, invited.Code));
            writer.WriteEndObject();
        });
    }

    public async Task RemoveAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        var name = Links.Name(call.Segments[1]);
        call.Http.Response.StatusCode = await users.RemoveAsync(name, call.User, call.Cancelled) switch
        {
            RemoveResult.Removed => StatusCodes.Status204NoContent,
            RemoveResult.Refused refused => throw ApiProblemException.Refused(refused.Errors),
            _ when users.Find(name) is null => throw ApiProblemException.NotFound($"There is no user '{name}'. GET /api/users lists the users."),
            _ => throw ApiProblemException.Forbidden($"'{name}' is named by the server's options. Change those and restart to remove it."),
        };
    }

    private static string? Text(JsonElement body, string name)
    {
        try
        {
            return body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            throw ApiProblemException.BadRequest("A text in the body is not valid Unicode. Send surrogate pairs whole.");
        }
    }
}
