using Microsoft.AspNetCore.Http;
using Tandem.Access;
using Tandem.Admin.Lists;
using Tandem.Admin.Shell;
using Tandem.Editing;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Addresses;
using Tandem.Web.Forms;

namespace Tandem.Admin.RecordPages;

/// <summary>Gathers what a record's page shows.</summary>
internal static class RecordLoader
{
    private const int HistoryLength = 20;
    private const string HistoryTab = "history";

    /// <summary>What was typed and what came of it, for a page that comes back.</summary>
    public sealed record Attempt(
        IReadOnlyDictionary<string, string> Typed, IReadOnlyList<FieldError> Errors, IReadOnlyList<Conflict> Conflicts, Patch? Basis)
    {
        public static Attempt None { get; } = new(new Dictionary<string, string>(), [], [], null);
    }

    /// <summary>The record, if it is there and may be seen.</summary>
    public static async Task<Record?> FindAsync(PageContext page, ITable table, RecordKey key) => await table.GetAsync(key, page.Aborted);

    public static async Task<RecordModel> ShowAsync(PageContext page, ITable table, Record record, Attempt attempt, Notice? notice)
    {
        var schema = table.Schema;
        var change = page.Decide(schema, TableAction.Change);
        var labels = await LabelsAsync(page, schema, record);
        var address = record.Key.ToString();
        var fields = schema.Fields.Where(f => !f.IsSecret).Select((field, i) =>
        {
            var value = record[field.Name];
            var conflict = attempt.Conflicts.FirstOrDefault(c => c.Field == field.Name);
            var kind = Controls.KindOf(schema, field, value);
            return View(schema, field, value, i, attempt) with
            {
                IsEditable = change.Allows(record, field.Name) && !field.IsReadOnly && !schema.IsKeyField(field.Name),
                Conflict = conflict,
                Hint = HintMark.Of(page.App, schema.Name, field.Name),
                Reference = ReferredValue.Of(schema, field.Name, value) is { } referred ? labels.GetValueOrDefault(referred) : null,
                Content = kind == ControlKind.Blob && value is not null ? Links.Blob(schema.Name, address, field.Name) : null,
            };
        }).ToList();

        // Fields not touched follow the record; touched ones stay guarded by what the person started from.
        var basis = record.ToPatch();
        foreach (var name in attempt.Typed.Keys.Where(n => attempt.Basis?.ContainsKey(n) == true))
        {
            basis = basis.With(name, attempt.Basis![name]);
        }

        foreach (var conflict in attempt.Conflicts)
        {
            // They are shown now, so keeping mine is guarded by them.
            basis = basis.With(conflict.Field, conflict.Theirs);
        }

        var history = await page.Database.HistoryAsync(schema.Name, record.Key, HistoryLength, page.Aborted);
        return new RecordModel(await page.ShellAsync(schema), schema, record.Key, fields)
        {
            Heading = schema.LabelFields.Count == 0 ? $"{schema.Label} {schema.LabelOf(record)}" : schema.LabelOf(record),
            Action = Links.Record(schema, record.Key),
            SignedBase = SignedBase.Protect(page.Site.BaseProtector, schema, record.Key, basis),
            ReadOnlyReason = !change.IsAllowed ? change.Reason : change.Allows(record) ? null : "You may look at this record, but not change it. Ask an administrator.",
            MayAdd = page.Decide(schema, TableAction.Add).IsAllowed,
            Delete = page.Decide(schema, TableAction.Delete) is var delete && delete.IsAllowed && !delete.Allows(record) ? AccessDecision.Deny("You may not delete this record. Ask an administrator.") : delete,
            Back = Back(page, schema),
            History = await History.EntriesAsync(page, schema, history),
            Told = page.Http.Request.Query["tab"] == HistoryTab && HttpMethods.IsGet(page.Http.Request.Method) ? await HistoryReader.ReadAsync(page, schema, record) : null,
            Related = Related(page, schema, record),
            Children = await ChildLoader.OfAsync(page, schema, record),
            Links = await LinksLoader.OfAsync(page, schema, record),
            Notice = notice,
            Mark = new ActivationMarks(schema, page.Site.Clock.GetUtcNow()).Of(record),
        };
    }

    public static async Task<RecordModel> NewAsync(PageContext page, PermittedTable table, Attempt attempt, Notice? notice)
    {
        var schema = table.AddingSchema;
        var fields = schema.Fields
            .Where(f => !f.IsSecret && !f.IsReadOnly && !f.IsIdentity)
            .Select((field, i) => View(schema, field, field.DefaultValue, i, attempt) with { IsEditable = true, Hint = HintMark.Of(page.App, schema.Name, field.Name) })
            .ToList();
        return new RecordModel(await page.ShellAsync(schema), schema, null, fields)
        {
            Heading = "New record",
            Children = await ChildLoader.OfAsync(page, schema, null),
            Links = await LinksLoader.OfAsync(page, schema, null),
            Action = Links.Create(schema.Name),
            Back = Back(page, schema),
            Notice = notice,
        };
    }

    /// <summary>The page of a record that was deleted while somebody worked on it: what they typed stays.</summary>
    public static async Task<RecordModel> GoneAsync(PageContext page, ITable table, RecordKey key, Patch basis, Attempt attempt)
    {
        var schema = table.Schema;
        var fields = schema.Fields.Where(f => !f.IsSecret)
            .Select((field, i) => View(schema, field, basis.GetValueOrDefault(field.Name), i, attempt)).ToList();
        var last = (await page.Database.HistoryAsync(schema.Name, key, 1, page.Aborted)).FirstOrDefault();
        return new RecordModel(await page.ShellAsync(schema), schema, key, fields)
        {
            Heading = "Deleted record",
            Action = Links.Record(schema, key),
            Back = Back(page, schema),
            IsGone = true,
            Notice = new Notice(
                (last is { Kind: Changes.ChangeKind.Delete } ? $"{last.Actor} deleted this record at {Words.Time(last.At)}." : "This record is no longer there.")
                + " Nothing was saved; what you typed is below. Make a new record to keep it.", true),
        };
    }

    private static FieldView View(TableSchema schema, Field field, object? value, int index, Attempt attempt)
    {
        var kind = Controls.KindOf(schema, field, value);
        return new FieldView(field, kind, value, attempt.Typed.TryGetValue(field.Name, out var typed) ? typed : Controls.Wire(kind, value))
        {
            Id = "f" + index.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Error = attempt.Errors.FirstOrDefault(e => e.Field == field.Name)?.Message,
            Target = schema.ReferenceOf(field.Name)?.Target,
        };
    }

    private static Task<IReadOnlyDictionary<ReferredValue, ReferenceLabel>> LabelsAsync(PageContext page, TableSchema schema, Record record) =>
        ReferenceLabels.ReadAsync(
            page.Look,
            schema.Fields.Select(f => ReferredValue.Of(schema, f.Name, record[f.Name])).OfType<ReferredValue>(),
            page.Aborted);

    private static IReadOnlyList<RelatedList> Related(PageContext page, TableSchema schema, Record record)
    {
        List<RelatedList> related = [];
        foreach (var table in page.Database.Tables)
        {
            foreach (var reference in table.Schema.References.Where(r => r.Target == schema.Name))
            {
                var state = new ListState();
                for (var i = 0; i < reference.Fields.Count; i++)
                {
                    state = state.With(new ColumnFilter(table.Schema[reference.Fields[i]], "is", ValueText.Plain(record[reference.TargetFields[i]])));
                }

                related.Add(new RelatedList(
                    table.Schema.Label, string.Join(", ", reference.Fields.Select(f => FieldLabels.Of(table.Schema, table.Schema[f]))), state.Url(table.Schema.Name)));
            }
        }

        return related;
    }

    /// <summary>The list to return to: as the form or address says, else as the page came from.</summary>
    private static string Back(PageContext page, TableSchema schema)
    {
        var request = page.Http.Request;
        var said = request.HasFormContentType ? request.Form["back"].ToString() : request.Query["back"].ToString();
        if (said is ['?', ..])
        {
            return said;
        }

        return Uri.TryCreate(request.Headers.Referer.ToString(), UriKind.Absolute, out var from)
            && from.Authority == request.Host.Value && from.AbsolutePath == Links.Table(schema.Name) ? from.Query : "";
    }
}
