using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Access;
using Tandem.Admin.Errors;
using Tandem.Admin.Shell;
using Tandem.Web.Live;

namespace Tandem.Admin.Schema;

/// <summary><c>POST /reload-schema</c>: reads again which tables there are, and tells open pages when they are other ones.</summary>
internal static class SchemaEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints, AdminSite site) =>
        endpoints.MapPost("/reload-schema", site.Page(ReloadAsync)).ExcludeFromDescription();

    private static async Task<IResult> ReloadAsync(PageContext page)
    {
        var decision = page.Decide(null, TableAction.Administer);
        if (!decision.IsAllowed)
        {
            return await ErrorEndpoints.ShowAsync(page, 403, "The schema cannot be reloaded", decision.Reason);
        }

        var before = page.App.Database.SchemaVersion;
        await page.App.Database.ReloadAsync(page.Aborted);
        if (page.App.Database.SchemaVersion != before)
        {
            await page.Http.RequestServices.GetRequiredService<LiveBroker>().SaySchemaAsync(page.Aborted);
        }

        return Results.LocalRedirect("~/");
    }
}
