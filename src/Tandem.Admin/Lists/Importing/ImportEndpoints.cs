using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tandem.Access;
using Tandem.Admin.Errors;
using Tandem.Admin.Lists.Exporting;
using Tandem.Admin.Shell;
using Tandem.Tables;
using Tandem.Web.Addresses;
using Tandem.Web.Live.Leases;
using Tandem.Web.Rest;
using Tandem.Web.Rest.Units;

namespace Tandem.Admin.Lists.Importing;

/// <summary><c>/t/{table}/import</c>: a CSV file is sent, looked at, imported and, if wanted, taken back. Plain forms from one step to the next.</summary>
internal sealed class ImportEndpoints(AdminSite site, Uploads uploads, IHostApplicationLifetime life)
{
    // The form itself and the parts around the file need some room as well.
    private const long MostSent = Uploads.MaxBytes + 100_000;

    // What is read to its end before it is refused: browsers show an answer only when they could send all of it.
    private const long MostDrained = 100_000_000;

    private const string TooLarge = "The file is larger than 10 MB. Cut it into several.";

    public static void Map(IEndpointRouteBuilder endpoints, AdminSite site)
    {
        var import = new ImportEndpoints(site, new Uploads(site.Clock), endpoints.ServiceProvider.GetRequiredService<IHostApplicationLifetime>());
        const string Path = "/t/{table}/" + Links.Import;
        endpoints.MapGet(Path, site.Page(import.ShowAsync)).ExcludeFromDescription();
        endpoints.MapGet(Path + "/faults", site.Page(import.FaultsAsync)).ExcludeFromDescription();
        var post = site.Page(import.PostAsync);
        var tooLarge = site.Page(import.RefuseAsync, readsForm: false);
        endpoints.MapPost(Path, context =>
        {
            if (context.Request.ContentLength > MostSent)
            {
                return AnswerAsync(context, tooLarge);
            }

            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = MostSent;
            }

            return AnswerAsync(context, post);
        }).ExcludeFromDescription();
    }

    public static string Url(string table, Upload? upload = null, string more = "") =>
        Links.Table(table) + "/" + Links.Import + (upload is null ? "" : $"?id={upload.Id}{more}");

    private static async Task AnswerAsync(HttpContext context, Func<HttpContext, Task<IResult>> page) => await (await page(context)).ExecuteAsync(context);

    private async Task<IResult> ShowAsync(PageContext page)
    {
        var (table, refused) = await TableAsync(page);
        if (table is null)
        {
            return refused!;
        }

        var query = page.Http.Request.Query;
        var model = new ImportModel(await page.ShellAsync(table.Schema), table.Schema);
        if (query["id"].ToString() is not { Length: > 0 } id)
        {
            return PageContext.View<ImportPage>(model);
        }

        if (uploads.Find(page.User.Name, table.Schema.Name, id) is not { } upload)
        {
            return PageContext.View<ImportPage>(model with { Error = "The file is kept for an hour and is not there any more. Send it again." }, 404);
        }

        if (upload.Run is { } run)
        {
            if (!run.IsDone)
            {
                // Asked again by the browser itself, so that progress is seen without a script as well.
                page.Http.Response.Headers["Refresh"] = "1";
            }

            return PageContext.View<ImportPage>(model with { Upload = upload, Notice = query["undone"] == "1" ? "The import was taken back." : null });
        }

        var (file, map) = Read(page, table, upload, name => query.TryGetValue(name, out var given) ? given.ToString() : null);
        var trial = new ImportRun("");
        if (map.Columns.Count > 0)
        {
            await new Importer(page.Database, table, new ImportPlanner(page.Database, Leases(page), table, map, page.By)).TryAsync(file, trial, page.Aborted);
        }

        return PageContext.View<ImportPage>(model with { Upload = upload, File = file, Map = map, Trial = trial });
    }

    private async Task<IResult> PostAsync(PageContext page)
    {
        var (table, refused) = await TableAsync(page);
        if (table is null)
        {
            return refused!;
        }

        var form = await page.Http.Request.ReadFormAsync(page.Aborted);
        if (form["id"].ToString() is not { Length: > 0 } id)
        {
            return await UploadAsync(page, table, form.Files["file"]);
        }

        if (uploads.Find(page.User.Name, table.Schema.Name, id) is not { } upload)
        {
            return PageContext.View<ImportPage>(new ImportModel(await page.ShellAsync(table.Schema), table.Schema) { Error = "The file is kept for an hour and is not there any more. Send it again." }, 404);
        }

        if (form["do"] == "undo" && upload.Run is { IsDone: true } run)
        {
            var undone = await UnitUndo.RunAsync(new ApiCall(page.Http, page.App, page.User, []), run.Operation);
            return undone.IsWhole
                ? Results.LocalRedirect("~" + Url(table.Schema.Name, upload, "&undone=1"))
                : PageContext.View<ImportPage>(new ImportModel(await page.ShellAsync(table.Schema), table.Schema) { Upload = upload, Undone = undone, Error = undone.Said }, undone.Done > 0 ? 200 : 409);
        }

        var (file, map) = Read(page, table, upload, name => form.TryGetValue(name, out var given) ? given.ToString() : null);
        if (map.Columns.Count == 0)
        {
            var model = new ImportModel(await page.ShellAsync(table.Schema), table.Schema) { Upload = upload, File = file, Map = map, Trial = new ImportRun("") };
            return PageContext.View<ImportPage>(model with { Error = "No column goes to a field, so there is nothing to import. Choose a field for at least one." }, 400);
        }

        var started = new ImportRun($"import {new string([.. upload.Name.Where(c => !char.IsControl(c)).Take(80)])} {upload.Id}") { Header = file.Header };
        upload.Start(started, r => RunAsync(page, table, file, map, r));
        return Results.LocalRedirect("~" + Url(table.Schema.Name, upload));
    }

    /// <summary>Answers a form that is too large to be read.</summary>
    private async Task<IResult> RefuseAsync(PageContext page)
    {
        var (table, refused) = await TableAsync(page);
        if (page.Http.Request.ContentLength <= MostDrained && page.Http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MostDrained;
            await page.Http.Request.Body.CopyToAsync(Stream.Null, page.Aborted);
        }

        return table is null ? refused! : PageContext.View<ImportPage>(new ImportModel(await page.ShellAsync(table.Schema), table.Schema) { Error = TooLarge }, 413);
    }

    private async Task<IResult> UploadAsync(PageContext page, ITable table, IFormFile? sent)
    {
        var model = new ImportModel(await page.ShellAsync(table.Schema), table.Schema);
        if (sent is null or { Length: 0 })
        {
            return PageContext.View<ImportPage>(model with { Error = "There is nothing in the file. Choose another one." }, 400);
        }

        if (sent.Length > Uploads.MaxBytes)
        {
            return PageContext.View<ImportPage>(model with { Error = TooLarge }, 413);
        }

        using var bytes = new MemoryStream();
        await sent.CopyToAsync(bytes, page.Aborted);
        var upload = uploads.Add(page.User.Name, table.Schema.Name, Path.GetFileName(sent.FileName), bytes.ToArray());
        return upload is null
            ? PageContext.View<ImportPage>(model with { Error = "Too many files wait to be imported. Finish one of yours, or try again in a while." }, 429)
            : Results.LocalRedirect("~" + Url(table.Schema.Name, upload));
    }

    /// <summary>The lines that were not written, as a file like the one that was sent with a column that says why.</summary>
    private async Task<IResult> FaultsAsync(PageContext page)
    {
        var (table, refused) = await TableAsync(page);
        if (table is null)
        {
            return refused!;
        }

        if (uploads.Find(page.User.Name, table.Schema.Name, page.Http.Request.Query["id"].ToString()) is not { Run: { IsDone: true } run })
        {
            return await ErrorEndpoints.ShowAsync(page, 404, "There is no such file", "It is kept for an hour. Import what is missing again.", table.Schema);
        }

        var (text, csv) = (new StringBuilder(), new CsvWriter(isHarmless: false));
        csv.Write(text, [.. run.Header, "Why not"]);
        foreach (var fault in run.Faults)
        {
            csv.Write(text, [.. fault.Line.Cells, fault.Why]);
        }

        return Results.File(Encoding.UTF8.GetBytes(text.ToString()), "text/csv; charset=utf-8", "not-imported.csv");
    }

    private async Task RunAsync(PageContext page, PermittedTable table, CsvFile file, ImportMap map, ImportRun run)
    {
        var (database, leases, user) = (page.Database, Leases(page), page.User);
        // Off the request, which answers at once; the import goes on until it is done or the server stops.
        await Task.Yield();
        try
        {
            var planner = new ImportPlanner(database, leases, table, map, new WriteContext(user.Name, run.Operation));
            await new Importer(database, table, planner).WriteAsync(file, run, life.ApplicationStopping);
        }
        catch (Exception e)
        {
            site.LogImportFailed(e, table.Schema.Name);
            run.End(failure: e is DatabaseUnavailableException ? e.Message : "It ended early; the cause is in the server's log. What is counted here is stored.");
        }
    }

    private static FieldLeases Leases(PageContext page) => page.Http.RequestServices.GetRequiredService<FieldLeases>();

    private static (CsvFile File, ImportMap Map) Read(PageContext page, ITable table, Upload upload, Func<string, string?> chosen)
    {
        var file = CsvFile.Open(upload.Content, chosen("encoding"), chosen("delimiter"));
        return (file, ImportMap.Of(table.Schema, file.Header, chosen));
    }

    private static async Task<(PermittedTable? Table, IResult? Refused)> TableAsync(PageContext page)
    {
        var (table, refused) = await page.TableAsync();
        if (table is null)
        {
            return (null, refused);
        }

        if (page.Decide(table.Schema, TableAction.Bulk) is { IsAllowed: false } bulk)
        {
            return (null, await ErrorEndpoints.ShowAsync(page, 403, "Nothing can be imported here", bulk.Reason, table.Schema));
        }

        var (add, change) = (page.Decide(table.Schema, TableAction.Add), page.Decide(table.Schema, TableAction.Change));
        return add.IsAllowed || change.IsAllowed ? (table, null) : (null, await ErrorEndpoints.ShowAsync(page, 403, "Nothing can be imported here", add.Reason, table.Schema));
    }
}
