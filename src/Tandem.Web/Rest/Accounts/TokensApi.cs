using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tandem.Access;
using Tandem.Records;
using Tandem.Web.Addresses;
using Tandem.Web.SignIn;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Web.Rest.Accounts;

/// <summary>A user's tokens, for administrators.</summary>
internal sealed class TokensApi(UserStore users, UsersApi of)
{
    public Task ListAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        return AccountJson.AnswerListAsync(call, users.TokensOf(of.Known(call).User.Name), AccountJson.Write);
    }

    public async Task AddAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        JsonBody.RequireType(call.Http.Request, "application/json");
        using var body = await JsonBody.ReadAsync(call.Http);
        AccountJson.RequireParts(body.RootElement, "name", "scopes", "expiresAt");
        var user = of.Known(call).User.Name;
        DateTimeOffset? expiresAt = null;
        if (AccountJson.Text(body.RootElement, "expiresAt") is { Length: > 0 } text)
        {
            expiresAt = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
                ? at
                : throw ApiProblemException.Refused([new FieldError("expiresAt", "Send a time such as 2030-01-31T00:00:00Z, or null.")]);
        }

        var done = AccountJson.Done(await users.Book.AddTokenAsync(
            user, AccountJson.Text(body.RootElement, "name") ?? "", AccountJson.Text(body.RootElement, "scopes"), expiresAt, call.User.Name, call.Cancelled));
        call.Http.Response.Headers.Location = $"{call.Http.Request.PathBase}{Links.ApiUser(user)}/tokens/{done.Id}";
        call.Http.Response.Headers.CacheControl = "no-store";
        await RecordJson.AnswerAsync(call.Http, StatusCodes.Status201Created, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("id", done.Id);
            writer.WriteString("token", done.Secret);
            writer.WriteEndObject();
        });
    }

    public async Task RevokeAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        AccountJson.Done(await users.Book.RevokeTokenAsync(of.Known(call).User.Name, Links.Name(call.Segments[3]), call.User.Name, call.Cancelled));
        call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
