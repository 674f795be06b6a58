using Microsoft.AspNetCore.Http;
using Tandem.Web.Addresses;
using Tandem.Web.OpenApi;
using Tandem.Web.Rest.Accounts;
using Tandem.Web.Rest.Access;
using Tandem.Web.Rest.Units;
using Tandem.Web.Streams;

namespace Tandem.Web.Rest;

/// <summary>Finds what answers an address. Names are compared still encoded, so a record whose key is "schema" has the address <c>~schema</c>.</summary>
internal sealed class ApiRouter(TandemApp app, ApiProblems problems, AccountsRouter accounts, AccessRouter access, ChangesApi changes, HintsApi hints, OpenApiEndpoint openApi)
{
    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            context.Response.Headers.CacheControl = "no-store";
            context.Response.Headers.Vary = "Authorization, Cookie";
            var user = ApiGate.Pass(context);
            await DispatchAsync(new ApiCall(context, app, user, [.. RawPath.Segments(context).Skip(1)]));
        }
        catch (Exception e)
        {
            await problems.AnswerAsync(context, e);
        }
    }

    private Task DispatchAsync(ApiCall call)
    {
        var method = HttpMethods.IsHead(call.Http.Request.Method) ? HttpMethods.Get : call.Http.Request.Method;
        return call.Segments switch
        {
            ["tables"] => method switch
            {
                "GET" => TablesApi.ListAsync(call),
                _ => throw ApiProblemException.MethodNotAllowed("GET"),
            },
            ["tables", _] => method switch
            {
                "GET" => RecordsApi.ListAsync(call),
                "POST" => RecordsApi.CreateAsync(call),
                _ => throw ApiProblemException.MethodNotAllowed("GET, POST"),
            },
            ["tables", _, "schema"] => method switch
            {
                "GET" => TablesApi.GetAsync(call),
                _ => throw ApiProblemException.MethodNotAllowed("GET"),
            },
            ["tables", _, "changes"] => method switch
            {
                "GET" => changes.FollowTableAsync(call),
                _ => throw ApiProblemException.MethodNotAllowed("GET"),
            },
            ["tables", _, _] => method switch
            {
                "GET" => RecordsApi.GetAsync(call),
                "PATCH" => RecordsApi.PatchAsync(call),
                "DELETE" => RecordsApi.DeleteAsync(call),
                _ => throw ApiProblemException.MethodNotAllowed("GET, PATCH, DELETE"),
            },
            ["tables", _, _, "history"] => method switch
            {
                "GET" => HistoryApi.ListAsync(call),
                _ => throw ApiProblemException.MethodNotAllowed("GET"),
            },
            ["tables", _, _, "revert"] when method == "POST" => UnitsApi.RevertAsync(call),
            ["tables", _, _, _] => method switch
            {
                "GET" => BlobsApi.GetAsync(call),
                "PUT" => BlobsApi.PutAsync(call),
                _ => throw ApiProblemException.MethodNotAllowed("GET, PUT"),
            },
            ["units"] => method switch
            {
                "POST" => UnitsApi.SaveAsync(call),
                _ => throw ApiProblemException.MethodNotAllowed("POST"),
            },
            ["units", "undo"] => method switch
            {
                "POST" => UnitsApi.UndoAsync(call),
                _ => throw ApiProblemException.MethodNotAllowed("POST"),
            },
            ["hints", _, _] => method switch
            {
                "POST" => hints.AnswerAsync(call),
                _ => throw ApiProblemException.MethodNotAllowed("POST"),
            },
            ["changes"] => method switch
            {
                "GET" => changes.FollowAsync(call),
                _ => throw ApiProblemException.MethodNotAllowed("GET"),
            },
            ["grants" or "explain", ..] => access.DispatchAsync(call, method),
            ["users" or "groups", ..] => accounts.DispatchAsync(call, method),
            ["openapi.json"] => method switch
            {
                "GET" => openApi.GetAsync(call),
                _ => throw ApiProblemException.MethodNotAllowed("GET"),
            },
            _ => throw ApiProblemException.NotFound("Nothing has this address. GET /api/openapi.json lists what there is."),
        };
    }
}
