using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tandem.Access;
using Tandem.Admin.Errors;
using Tandem.Admin.Shell;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Addresses;
using Tandem.Web.Live.Leases;

namespace Tandem.Admin.RecordPages;

/// <summary>What forms send. A save that did not succeed brings the page back with everything that was typed.</summary>
internal static partial class RecordEndpoints
{
    private const string NotThisOne = "You may do this to some records of the table, but not to this one. Ask an administrator.";

    private static async Task<IResult> SaveAsync(PageContext page)
    {
        var (table, key, refused) = await RecordAsync(page);
        if (refused is not null)
        {
            return refused;
        }

        var schema = table!.Schema;
        var decision = page.Decide(schema, TableAction.Change);
        if (!decision.IsAllowed)
        {
            return await ErrorEndpoints.ShowAsync(page, 403, "This record cannot be changed", decision.Reason, schema);
        }

        var form = await page.Http.Request.ReadFormAsync(page.Aborted);
        if (SignedBase.Read(page.Site.BaseProtector, schema, key!, form["base"].ToString()) is not { } basis)
        {
            return await ErrorEndpoints.ShowAsync(page, 400, "This form cannot be saved", "It was not made for this record, or too long ago. Open the record again.", schema);
        }

        var content = await FormReader.ReadAsync(schema, form, basis, page.Aborted);
        var attempt = new RecordLoader.Attempt(content.Typed, content.Errors, [], basis);
        var current = await RecordLoader.FindAsync(page, table, key!);
        if (current is null)
        {
            return PageContext.View<RecordPage>(await RecordLoader.GoneAsync(page, table, key!, basis, attempt), 409);
        }

        if (!decision.Allows(current))
        {
            return await ErrorEndpoints.ShowAsync(page, 403, "This record cannot be changed", NotThisOne, schema);
        }

        if (content.Errors.Count > 0)
        {
            return await AgainAsync(page, table, current, attempt);
        }

        if (content.Set.IsEmpty)
        {
            return Done(schema, key!, null, form);
        }

        var leases = page.Http.RequestServices.GetRequiredService<FieldLeases>();
        if (await leases.FindObstacleAsync(page.User.Name, table, key!, content.Set.Keys, page.Aborted) is { } obstacle)
        {
            return await AgainAsync(page, table, current, attempt with { Errors = [obstacle] });
        }

        var result = await RecordSaver.SaveAsync(page.Database, table, key!, content.Set, basis.Only([.. content.Set.Keys]), page.By, page.Aborted);
        switch (result)
        {
            case SaveResult.Saved:
                return Done(schema, key!, "save", form);
            case SaveResult.PartlySaved:
                return Done(schema, key!, "partly", form);
            case SaveResult.Rejected rejected:
                return await AgainAsync(page, table, current, attempt with { Errors = rejected.Errors });
            case SaveResult.Conflicted conflicted:
                current = await RecordLoader.FindAsync(page, table, key!) ?? current;
                return PageContext.View<RecordPage>(
                    await RecordLoader.ShowAsync(page, table, current, attempt with { Conflicts = conflicted.Conflicts },
                        new Notice($"{Words.Plural(conflicted.Conflicts.Count, "field was", "fields were")} changed by others while you were editing. Nothing is saved yet: choose below, then save.", true)),
                    409);
            case SaveResult.Failed failed:
                // The page for a source that cannot be reached says so; the browser keeps the form for going back.
                throw failed.Cause;
            default:
                return PageContext.View<RecordPage>(await RecordLoader.GoneAsync(page, table, key!, basis, attempt), 409);
        }
    }

    private static async Task<IResult> CreateAsync(PageContext page)
    {
        var (table, refused) = await page.TableAsync();
        if (table is null)
        {
            return refused!;
        }

        var schema = table.Schema;
        var decision = page.Decide(schema, TableAction.Add);
        if (!decision.IsAllowed)
        {
            return await ErrorEndpoints.ShowAsync(page, 403, "No record can be added here", decision.Reason, schema);
        }

        var form = await page.Http.Request.ReadFormAsync(page.Aborted);
        var content = await FormReader.ReadAsync(table.AddingSchema, form, null, page.Aborted);
        var errors = content.Errors;
        if (errors.Count == 0)
        {
            switch (await RecordSaver.CreateAsync(table, content.Set, page.By, page.Aborted))
            {
                case SaveResult.Created created:
                    return Done(schema, created.Key, "create", form);
                case SaveResult.Rejected rejected:
                    errors = rejected.Errors;
                    break;
                case SaveResult.Failed failed:
                    throw failed.Cause;
            }
        }

        return PageContext.View<RecordPage>(
            await RecordLoader.NewAsync(page, table, new RecordLoader.Attempt(content.Typed, errors, [], null), Refused(schema, errors)), 422);
    }

    private static async Task<IResult> AskDeleteAsync(PageContext page)
    {
        var (table, key, refused) = await RecordAsync(page);
        return refused ?? await AskDeleteAsync(page, table!, key!, null);
    }

    private static async Task<IResult> AskDeleteAsync(PageContext page, ITable table, RecordKey key, string? changed)
    {
        var decision = page.Decide(table.Schema, TableAction.Delete);
        if (!decision.IsAllowed)
        {
            return await ErrorEndpoints.ShowAsync(page, 403, "This record cannot be deleted", decision.Reason, table.Schema);
        }

        return await RecordLoader.FindAsync(page, table, key) switch
        {
            null => await MissingAsync(page, table, key),
            var record when !decision.Allows(record) => await ErrorEndpoints.ShowAsync(
                page, 403, "This record cannot be deleted", NotThisOne, table.Schema),
            var record => PageContext.View<DeletePage>(
                await RecordLoader.ShowAsync(page, table, record, RecordLoader.Attempt.None, changed is null ? null : new Notice(changed, true))),
        };
    }

    private static async Task<IResult> DeleteAsync(PageContext page)
    {
        var (table, key, refused) = await RecordAsync(page);
        if (refused is not null)
        {
            return refused;
        }

        var schema = table!.Schema;
        var decision = page.Decide(schema, TableAction.Delete);
        if (!decision.IsAllowed)
        {
            return await ErrorEndpoints.ShowAsync(page, 403, "This record cannot be deleted", decision.Reason, schema);
        }

        var form = await page.Http.Request.ReadFormAsync(page.Aborted);
        if (SignedBase.Read(page.Site.BaseProtector, schema, key!, form["base"].ToString()) is not { } basis
            || await RecordLoader.FindAsync(page, table, key!) is not { } record)
        {
            return await AskDeleteAsync(page, table, key!, "This form is too old. Look at the record again.");
        }

        if (!decision.Allows(record))
        {
            return await ErrorEndpoints.ShowAsync(page, 403, "This record cannot be deleted", NotThisOne, schema);
        }

        var result = await table.WriteAsync(new Write.Delete(key!, new Guard(basis), page.By), page.Aborted);
        return result switch
        {
            WriteResult.Conflicted conflicted => await AskDeleteAsync(
                page, table, key!, $"Since you opened it, others changed {string.Join(", ", conflicted.Fields.Select(f => schema[f].Label))}. Delete it all the same?"),
            WriteResult.Rejected rejected => await ErrorEndpoints.ShowAsync(
                page, 422, "This record cannot be deleted", string.Join(" ", rejected.Errors.Select(e => e.Message)), schema),
            _ => Results.LocalRedirect("~" + Links.Table(schema.Name) + (form["back"].ToString() is ['?', ..] back ? back : "")),
        };
    }

    private static async Task<IResult> AgainAsync(PageContext page, ITable table, Record current, RecordLoader.Attempt attempt) =>
        PageContext.View<RecordPage>(
            await RecordLoader.ShowAsync(page, table, current, attempt, Refused(table.Schema, attempt.Errors)), 422);

    private static Notice Refused(TableSchema schema, IReadOnlyList<FieldError> errors)
    {
        var others = errors.Where(e => schema.Find(e.Field) is null).Select(e => e.Message).ToList();
        return new Notice("Nothing is saved yet. " + (others.Count > 0 ? string.Join(" ", others) : "See the marked fields."), true);
    }

    private static IResult Done(TableSchema schema, RecordKey key, string? did, IFormCollection form)
    {
        var back = form["back"].ToString();
        var query = (did is null ? "" : "&did=" + did) + (back.Length > 0 ? "&back=" + Uri.EscapeDataString(back) : "");
        return new SeeOther(Links.Record(schema, key) + (query.Length > 0 ? "?" + query[1..] : ""));
    }

    /// <summary>Sends the browser to a page with GET after a POST, so that reloading sends nothing twice.</summary>
    private sealed class SeeOther(string path) : IResult
    {
        public Task ExecuteAsync(HttpContext context)
        {
            context.Response.StatusCode = StatusCodes.Status303SeeOther;
            context.Response.Headers.Location = context.Request.PathBase + path;
            return Task.CompletedTask;
        }
    }
}
