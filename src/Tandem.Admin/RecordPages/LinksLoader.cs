using Tandem.Access;
using Tandem.Admin.Lists;
using Tandem.Admin.Shell;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Forms;

namespace Tandem.Admin.RecordPages;

/// <summary>Gathers what a record is joined with, as a playlist with its tracks.</summary>
internal static class LinksLoader
{
    /// <summary>How many are shown as chips; more are a matter for their list.</summary>
    private const int Most = 200;

    /// <param name="page">The page.</param>
    /// <param name="schema">The record's table.</param>
    /// <param name="record">The record; null for one that is new.</param>
    public static async Task<IReadOnlyList<LinksModel>> OfAsync(PageContext page, TableSchema schema, Record? record)
    {
        List<LinksModel> links = [];
        foreach (var table in page.Database.Tables)
        {
            foreach (var reference in table.Schema.References.Where(r => r.Target == schema.Name && r.IsOwned != false))
            {
                if (JoinTable.Other(table.Schema, reference) is { } other && JoinTable.IsShown(page, table.Schema, reference))
                {
                    links.Add(await LoadAsync(page, table, reference, other, record, links.Count));
                }
            }
        }

        return links;
    }

    private static async Task<LinksModel> LoadAsync(PageContext page, ITable table, Reference reference, Reference other, Record? record, int number)
    {
        var schema = table.Schema;
        var (own, field) = (reference.Fields[0], schema[other.Fields[0]]);
        var model = new LinksModel(schema, page.Look(other.Target)!.Schema, field, other.TargetFields[0], [])
        {
            Id = $"j{number}",
            Own = own,
            MayAdd = page.Decide(schema, TableAction.Add).IsAllowed,
            MayDelete = page.Decide(schema, TableAction.Delete).IsAllowed,
        };
        if (record?[reference.TargetFields[0]] is not { } value)
        {
            return model;
        }

        var filter = Filter.Eq(own, value);
        var found = await table.QueryAsync(new Query { Filter = filter, First = Most + 1 }, page.Aborted);
        var isMore = found.Records.Count > Most;
        var shown = found.Records.Take(Most).ToList();
        var labels = await ReferenceLabels.ReadAsync(page.Look, shown.Select(r => ReferredValue.Of(schema, field.Name, r[field.Name])).OfType<ReferredValue>(), page.Aborted);
        var chosen = shown.Select(r =>
        {
            var label = ReferredValue.Of(schema, field.Name, r[field.Name]) is { } referred ? labels.GetValueOrDefault(referred) : null;
            var text = ValueText.Plain(r[field.Name]);
            return new LinkedRecord(r.Key, text, label?.Label ?? text, label?.Href);
        });
        return model with
        {
            OwnValue = ValueText.Plain(value),
            List = new ListState().With(new ColumnFilter(schema[own], "is", ValueText.Plain(value))).Url(schema.Name),
            Count = isMore ? await table.CountAsync(filter, page.Aborted) : shown.Count,
            // Where only some are shown they are the first by key; a name's place among them would say nothing.
            Chosen = [.. isMore ? chosen : chosen.OrderBy(c => c.Label, StringComparer.InvariantCultureIgnoreCase)],
        };
    }
}
