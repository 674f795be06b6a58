using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Admin.Shell;
using Tandem.Schema;
using Tandem.Web.Addresses;
using Tandem.Web;

namespace Tandem.Admin.Errors;

/// <summary>What an error page says. The cause is in the log alone.</summary>
internal sealed record ErrorModel(ShellModel? Shell, string AppTitle, string Heading, string Text, string Back, string BackWords);

/// <summary>Pages for what cannot be shown.</summary>
internal static class ErrorEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints, AdminSite site) =>
        endpoints.MapFallback(site.Page(page => ShowAsync(page, 404, "There is no such page", "The address leads nowhere. Choose a table from the list."))).ExcludeFromDescription();

    public static async Task<IResult> ShowAsync(PageContext page, int status, string heading, string text, TableSchema? table = null) =>
        PageContext.View<ErrorPage>(
            new ErrorModel(
                await page.ShellAsync(table), page.App.Title, heading, text,
                table is null ? "/" : Links.Table(table.Name), table is null ? "Home" : $"Back to {table.Label}"),
            status);

    /// <summary>For moments in which the database itself cannot be asked.</summary>
    public static IResult ShowPlain(TandemApp app, int status, string heading, string text) =>
        PageContext.View<ErrorPage>(new ErrorModel(null, app.Title, heading, text, "/", "Home"), status);
}
