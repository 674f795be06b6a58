using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tandem.Web.OpenApi;

/// <summary>The page to try the API, for people who are signed in. All its files come from this server.</summary>
internal static class DocsPage
{
    // Requests of the page are signed in by cookie, and writes by cookie carry a header of ours.
    private const string Script = """
        const send = window.fetch;
        window.fetch = (target, options) => {
          const request = new Request(target, options);
          request.headers.set('X-Tandem', '1');
          return send(request);
        };
        """;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/api/docs/tandem.js", () => Results.Text(Script, "text/javascript")).RequireAuthorization().ExcludeFromDescription();
        endpoints.MapSwaggerUI("api/docs", options =>
        {
            options.DocumentTitle = "The API";
            options.SwaggerEndpoint("../openapi.json", "Every table");
            options.InjectJavascript("tandem.js");
            options.EnableTryItOutByDefault();
            options.DisplayRequestDuration();
            options.DefaultModelsExpandDepth(0);
            options.DocExpansion(Swashbuckle.AspNetCore.SwaggerUI.DocExpansion.None);
            options.EnableFilter();
            options.ConfigObject.ValidatorUrl = null;
        }).RequireAuthorization();
    }
}
