namespace Tandem.Web.Rest.Access;

/// <summary>Finds what answers an address below <c>/api/grants</c> and <c>/api/explain</c>.</summary>
internal sealed class AccessRouter(GrantsApi grants, ExplainApi explain)
{
    public Task DispatchAsync(ApiCall call, string method) => call.Segments switch
    {
        ["grants"] => method switch
        {
            "GET" => grants.ListAsync(call),
            "POST" => grants.GiveAsync(call),
            _ => throw ApiProblemException.MethodNotAllowed("GET, POST"),
        },
        ["grants", _] => method switch
        {
            "DELETE" => grants.TakeBackAsync(call),
            _ => throw ApiProblemException.MethodNotAllowed("DELETE"),
        },
        ["explain"] => method switch
        {
            "GET" => explain.AnswerAsync(call),
            _ => throw ApiProblemException.MethodNotAllowed("GET"),
        },
        _ => throw ApiProblemException.NotFound("Nothing has this address. GET /api/openapi.json lists what there is."),
    };
}
