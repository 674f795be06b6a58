using Tandem.Access;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tandem.Admin.Errors;
using Tandem.Admin.Shell;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Tables;
using Tandem.Web.Addresses;
using Tandem.Web.Rest;
using Tandem.Web.Rest.Units;

namespace Tandem.Admin.RecordPages;

/// <summary>Takes a change or an operation back without script: asks first, then does it or says why not.</summary>
internal static partial class RecordEndpoints
{
    private static async Task<IResult> RevertAsync(PageContext page)
    {
        var (table, key, refused) = await RecordAsync(page);
        if (refused is not null)
        {
            return refused;
        }

        var form = await page.Http.Request.ReadFormAsync(page.Aborted);
        var schema = table!.Schema;
        if (!long.TryParse(form["sequence"], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) || await ChangeAsync(page, table, key!, sequence) is not { } change)
        {
            return await ErrorEndpoints.ShowAsync(page, 404, "There is no such change", "The journal keeps nothing of it any more, or it is not yours to see. Open the record's history again.", schema);
        }

        var entry = (await History.EntriesAsync(page, schema, [change], isFull: true))[0];
        var model = new TakeBackModel(await page.ShellAsync(schema), "Take this change back?", TakeBack.Sentences(page, schema, change, entry), Links.Record(schema, key!) + "/revert", BackOf(form, Links.Record(schema, key!)))
        {
            Sequence = sequence,
        };
        return await AskOrDoAsync(form, model, () => TakingBack.OneAsync(Call(page), schema, change));
    }

    private static async Task<IResult> UndoAsync(PageContext page)
    {
        var (table, key, refused) = await RecordAsync(page);
        if (refused is not null)
        {
            return refused;
        }

        var form = await page.Http.Request.ReadFormAsync(page.Aborted);
        var (operation, address) = (form["operation"].ToString(), Links.Record(table!.Schema, key!));
        string[] sets = ["All records of the operation go back to what they were, where nobody changed them since; else none does."];
        var model = new TakeBackModel(await page.ShellAsync(table.Schema), "Take all of this operation back?", sets, address + "/undo", BackOf(form, address)) { Operation = operation };
        return await AskOrDoAsync(form, model, () => TakingBack.OperationAsync(Call(page), operation));
    }

    private static async Task<IResult> AskOrDoAsync(IFormCollection form, TakeBackModel model, Func<Task<string>> act)
    {
        if (model.Sets.Count == 0)
        {
            return PageContext.View<TakeBackPage>(model with { Refused = "This change cannot be taken back, or not by you." }, 403);
        }

        if (form["sure"] != "1")
        {
            return PageContext.View<TakeBackPage>(model);
        }

        return await act() is { Length: > 0 } why
            ? PageContext.View<TakeBackPage>(model with { Refused = why }, 409)
            : new SeeOther(model.Back + "?tab=history&did=back");
    }

    /// <summary>The change of a record that the user may see; one that is gone has no other record to hide behind where all may be seen.</summary>
    private static async Task<Change?> ChangeAsync(PageContext page, PermittedTable table, RecordKey key, long sequence)
    {
        if (table.Visible.Filter is not Querying.Filter.AllFilter && await RecordLoader.FindAsync(page, table, key) is null)
        {
            return null;
        }

        return (await page.Database.HistoryAsync(table.Schema.Name, key, 10_000, page.Aborted)).FirstOrDefault(c => c.Sequence == sequence);
    }

    private static ApiCall Call(PageContext page) => new(page.Http, page.App, page.User, []);

    /// <summary>Only a record's page is gone back to, never another address.</summary>
    private static string BackOf(IFormCollection form, string record) =>
        form["back"].ToString() is var back && back.StartsWith("/t/", StringComparison.Ordinal) && !back.Contains('?', StringComparison.Ordinal) ? back : record;
}
