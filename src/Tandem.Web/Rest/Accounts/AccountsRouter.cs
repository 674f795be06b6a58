namespace Tandem.Web.Rest.Accounts;

/// <summary>Finds what answers an address below <c>/api/users</c> and <c>/api/groups</c>.</summary>
internal sealed class AccountsRouter(UsersApi users, TokensApi tokens, GroupsApi groups)
{
    public Task DispatchAsync(ApiCall call, string method) => call.Segments switch
    {
        ["users"] => method switch
        {
            "GET" => users.ListAsync(call),
            "POST" => users.InviteAsync(call),
            _ => throw ApiProblemException.MethodNotAllowed("GET, POST"),
        },
        ["users", _] => method switch
        {
            "GET" => users.GetAsync(call),
            "PATCH" => users.ChangeAsync(call),
            "DELETE" => users.RemoveAsync(call),
            _ => throw ApiProblemException.MethodNotAllowed("GET, PATCH, DELETE"),
        },
        ["users", _, "link"] => method switch
        {
            "POST" => users.LinkAsync(call),
            _ => throw ApiProblemException.MethodNotAllowed("POST"),
        },
        ["users", _, "sign-out"] => method switch
        {
            "POST" => users.SignOutAsync(call),
            _ => throw ApiProblemException.MethodNotAllowed("POST"),
        },
        ["users", _, "tokens"] => method switch
        {
            "GET" => tokens.ListAsync(call),
            "POST" => tokens.AddAsync(call),
            _ => throw ApiProblemException.MethodNotAllowed("GET, POST"),
        },
        ["users", _, "tokens", _] => method switch
        {
            "DELETE" => tokens.RevokeAsync(call),
            _ => throw ApiProblemException.MethodNotAllowed("DELETE"),
        },
        ["groups"] => method switch
        {
            "GET" => groups.ListAsync(call),
            "POST" => groups.AddAsync(call),
            _ => throw ApiProblemException.MethodNotAllowed("GET, POST"),
        },
        ["groups", _] => method switch
        {
            "GET" => groups.GetAsync(call),
            "PATCH" => groups.ChangeAsync(call),
            "DELETE" => groups.RemoveAsync(call),
            _ => throw ApiProblemException.MethodNotAllowed("GET, PATCH, DELETE"),
        },
        ["groups", _, "users" or "groups", _] => method switch
        {
            "PUT" => groups.MemberAsync(call, true),
            "DELETE" => groups.MemberAsync(call, false),
            _ => throw ApiProblemException.MethodNotAllowed("PUT, DELETE"),
        },
        _ => throw ApiProblemException.NotFound("Nothing has this address. GET /api/openapi.json lists what there is."),
    };
}
