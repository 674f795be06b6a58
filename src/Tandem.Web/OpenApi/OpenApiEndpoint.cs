using Tandem.Web.Rest;

namespace Tandem.Web.OpenApi;

/// <summary>The description of the API in OpenAPI 3.1, made from the schemas the user may see.</summary>
internal sealed class OpenApiEndpoint(TandemApp app)
{
    public Task GetAsync(ApiCall call) => throw ApiProblemException.NotFound(app.Title);
}
