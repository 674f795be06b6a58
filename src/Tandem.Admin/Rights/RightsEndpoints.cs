using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Access;
using Tandem.Admin.Errors;
using Tandem.Admin.Shell;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Rights;

namespace Tandem.Admin.Rights;

/// <summary>What the page of rights shows.</summary>
internal sealed record RightsModel(ShellModel Shell, IReadOnlyList<Grant> Grants, IReadOnlyList<TableSchema> Tables, IReadOnlyList<string> Users, IReadOnlyList<string> Groups, string? Watched)
{
    /// <summary>Whether there are more grants than are shown.</summary>
    public bool IsCut { get; init; }

    /// <summary>Whose grants alone are shown, or null.</summary>
    public string? Name { get; init; }

    /// <summary>Which table's grants alone are shown, or null.</summary>
    public string? Table { get; init; }

    /// <summary>What was typed into the form that gives a right, by field.</summary>
    public IReadOnlyDictionary<string, string> Typed { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    public RightsQuestion? Question { get; init; }

    public Explanation? Explanation { get; init; }

    public string? Fault { get; init; }
}

/// <summary><c>/rights</c>: administrators give grants and take them back, ask why somebody may or may not do something, and look through others' eyes.</summary>
internal static class RightsEndpoints
{
    private const int Most = 200;

    public static void Map(IEndpointRouteBuilder endpoints, AdminSite site)
    {
        endpoints.MapGet("/rights", site.Page(Guarded(page => ShowAsync(page, m => m)))).ExcludeFromDescription();
        endpoints.MapPost("/rights", site.Page(Guarded(GiveAsync))).ExcludeFromDescription();
        endpoints.MapPost("/rights/take-back", site.Page(Guarded(TakeBackAsync))).ExcludeFromDescription();
        endpoints.MapPost("/view-as", site.Page(Guarded(BeginAsync))).ExcludeFromDescription();
        endpoints.MapPost("/view-as/stop", site.Page(EndAsync)).ExcludeFromDescription();
    }

    private static Func<PageContext, Task<IResult>> Guarded(Func<PageContext, Task<IResult>> answer) => async page =>
    {
        var decision = page.Decide(null, TableAction.Administer);
        return decision.IsAllowed ? await answer(page) : await ErrorEndpoints.ShowAsync(page, 403, "Rights are for administrators", decision.Reason);
    };

    private static GrantWriter Writer(PageContext page) => page.Http.RequestServices.GetRequiredService<GrantWriter>();

    private static async Task<IResult> ShowAsync(PageContext page, Func<RightsModel, RightsModel> more, int status = 200)
    {
        var users = page.Site.Users;
        var query = page.Http.Request.Query;
        var grants = await Writer(page).ListAsync(Text(query["table"]), Text(query["name"]), Most + 1, page.Aborted);
        var model = new RightsModel(
            await page.ShellAsync(), [.. grants.Take(Most)], [.. page.App.Database.Tables.Select(t => t.Schema).OrderBy(s => s.IsSystem)],
            [.. users.List().Select(u => u.User.Name)], [.. users.Groups().Select(g => g.Name)], page.App.Database.FindSystem(SystemTables.GrantsName)?.Schema.Name)
        {
            IsCut = grants.Count > Most,
            Name = Text(query["name"]),
            Table = Text(query["table"]),
        };
        if (Text(query["user"]) is { } user)
        {
            var question = new RightsQuestion(user, Text(query["of"]) ?? "", Text(query["action"]) ?? "view", Text(query["key"]), Text(query["field"]));
            var (explanation, fault) = await page.Http.RequestServices.GetRequiredService<Explaining>().AnswerAsync(question, page.User, page.Aborted);
            model = model with { Question = question, Explanation = explanation, Fault = fault?.Message };
        }

        return PageContext.View<RightsPage>(more(model), status);
    }

    private static async Task<IResult> GiveAsync(PageContext page)
    {
        var form = await page.Http.Request.ReadFormAsync(page.Aborted);
        var kind = form["subject_kind"].ToString() switch
        {
            "user" => SubjectKind.User,
            "group" => SubjectKind.Group,
            _ => SubjectKind.Everyone,
        };
        var grant = new Grant(
            Guid.CreateVersion7().ToString(), kind, Text(form["subject"]), form["effect"] == "allow",
            [.. form["action"].Select(a => TableActions.TryParse(a, out var action) ? action : (TableAction?)null).OfType<TableAction>()])
        {
            Table = Text(form["table_name"]),
            Fields = Text(form["fields"])?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            Filter = Text(form["filter"]),
            Key = Text(form["record_key"]),
            Note = Text(form["note"]),
        };
        var result = await Writer(page).GiveAsync(grant, page.User, page.Aborted);
        return result.Grant is not null
            ? Results.LocalRedirect("~/rights")
            : await ShowAsync(page, m => m with { Errors = result.Errors, Typed = form.ToDictionary(f => f.Key, f => f.Value.ToString()) }, 422);
    }

    private static async Task<IResult> TakeBackAsync(PageContext page)
    {
        var form = await page.Http.Request.ReadFormAsync(page.Aborted);
        await Writer(page).TakeBackAsync(form["id"].ToString(), page.User, page.Aborted);
        return Results.LocalRedirect("~/rights");
    }

    private static async Task<IResult> BeginAsync(PageContext page)
    {
        var form = await page.Http.Request.ReadFormAsync(page.Aborted);
        var viewing = page.Http.RequestServices.GetRequiredService<ViewingAs>();
        return await viewing.BeginAsync(page.Http, page.User, form["name"].ToString(), page.Aborted) is { } why
            ? await ErrorEndpoints.ShowAsync(page, 422, "This cannot be looked at so", why)
            : Results.LocalRedirect("~/");
    }

    private static async Task<IResult> EndAsync(PageContext page)
    {
        await page.Http.RequestServices.GetRequiredService<ViewingAs>().EndAsync(page.Http, page.Aborted);
        return Results.LocalRedirect(page.User.SeenBy is null ? "~/" : "~/rights");
    }

    private static string? Text(Microsoft.Extensions.Primitives.StringValues value) => value.ToString().Trim() is { Length: > 0 } text ? text : null;
}
