using Microsoft.AspNetCore.Routing;
using Tandem.Admin.Account;
using Tandem.Admin.Errors;
using Tandem.Admin.Groups;
using Tandem.Admin.Home;
using Tandem.Admin.Lists;
using Tandem.Admin.People;
using Tandem.Admin.RecordPages;
using Tandem.Admin.Rights;
using Tandem.Admin.Schema;
using Tandem.Admin.Shell;
using Tandem.Admin.SignIn;
using Tandem.Web;
using Tandem.Web.Live;

namespace Tandem.Admin;

/// <summary>Maps the ready-made application.</summary>
public static class TandemAdminExtensions
{
    /// <summary>Maps everything: pages, the live connection and the API. <c>AddTandem</c> has registered what they need.</summary>
    public static IEndpointRouteBuilder MapTandem(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapTandemApi();
        endpoints.MapTandemPages();
        return endpoints;
    }

    /// <summary>The pages, their live connection, scripts and styles, without the API.</summary>
    internal static void MapTandemPages(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapTandemLive();
        var site = new AdminSite(endpoints.ServiceProvider);
        HomeEndpoints.Map(endpoints, site);
        ListEndpoints.Map(endpoints, site);
        RecordEndpoints.Map(endpoints, site);
        PeopleEndpoints.Map(endpoints, site);
        PersonEndpoints.Map(endpoints, site);
        GroupEndpoints.Map(endpoints, site);
        AccountEndpoints.Map(endpoints, site);
        RightsEndpoints.Map(endpoints, site);
        SignInPageEndpoints.Map(endpoints, site);
        SchemaEndpoints.Map(endpoints, site);
        ErrorEndpoints.Map(endpoints, site);
    }
}
