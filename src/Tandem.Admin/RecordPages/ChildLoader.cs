using Tandem.Access;
using Tandem.Admin.Lists;
using Tandem.Admin.Shell;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Addresses;
using Tandem.Web.Forms;

namespace Tandem.Admin.RecordPages;

/// <summary>Gathers the records that belong to one, as lines belong to an order.</summary>
internal static class ChildLoader
{
    private const int Most = 100;
    private static readonly string[] s_positions = ["position", "sort", "sortorder", "ordinal", "lineno", "linenumber", "line", "seq", "sequence", "rank"];

    /// <param name="page">The page.</param>
    /// <param name="schema">The record's table.</param>
    /// <param name="record">The record; null for one that is new.</param>
    public static async Task<IReadOnlyList<ChildModel>> OfAsync(PageContext page, TableSchema schema, Record? record)
    {
        List<ChildModel> children = [];
        foreach (var table in page.Database.Tables)
        {
            foreach (var reference in table.Schema.References.Where(r => r.Target == schema.Name && r.Owns(table.Schema)))
            {
                // What a new record is called is known when it is stored, for one field alone.
                if ((record is not null || reference.Fields.Count == 1) && !JoinTable.IsShown(page, table.Schema, reference))
                {
                    children.Add(await LoadAsync(page, (PermittedTable)table, reference, record, children.Count));
                }
            }
        }

        return children;
    }

    private static async Task<ChildModel> LoadAsync(PageContext page, PermittedTable table, Reference reference, Record? record, int number)
    {
        var schema = table.Schema;
        var columns = schema.Fields.Where(f => !f.IsSecret && f.Type != FieldType.Bytes && !reference.Fields.Contains(f.Name) && !(f.IsIdentity && schema.IsKeyField(f.Name))).ToList();
        var position = columns.FirstOrDefault(f => f.Type == FieldType.Integer && s_positions.Contains(f.Name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant()));
        var id = $"c{number}";
        var model = new ChildModel(schema, columns, [])
        {
            Id = id,
            Reference = reference.Fields.Select((f, i) => (f, i)).ToDictionary(
                r => r.f, r => record is null ? null : Controls.Wire(ControlKind.Text, record[reference.TargetFields[r.i]]), StringComparer.Ordinal),
            Position = position,
            MayAdd = page.Decide(schema, TableAction.Add).IsAllowed,
            MayChange = page.Decide(schema, TableAction.Change).IsAllowed,
            MayDelete = page.Decide(schema, TableAction.Delete).IsAllowed,
            Blank = [.. columns.Select((f, i) => View(schema, f, f.DefaultValue, $"{id}f{i}") with { IsEditable = !table.AddingSchema[f.Name].IsReadOnly })],
        };
        if (record is null)
        {
            return model;
        }

        var (filter, state) = (Filter.All, new ListState());
        for (var i = 0; i < reference.Fields.Count; i++)
        {
            var value = record[reference.TargetFields[i]];
            filter &= new Filter.Compare(reference.Fields[i], CompareOperator.Equal, value);
            state = state.With(new ColumnFilter(schema[reference.Fields[i]], "is", ValueText.Plain(value)));
        }

        var found = await table.QueryAsync(new Query { Filter = filter, First = Most + 1, Order = position is null ? [] : [new Order(position.Name)] }, page.Aborted);
        model = model with { List = state.Url(schema.Name) };
        if (found.Records.Count > Most)
        {
            return model with { IsTooMany = true };
        }

        var labels = await ReferenceLabels.ReadAsync(
            page.Look, found.Records.SelectMany(r => columns.Select(f => ReferredValue.Of(schema, f.Name, r[f.Name]))).OfType<ReferredValue>(), page.Aborted);
        return model with
        {
            Rows = [.. found.Records.Select(r => new ChildRow(r.Key, Links.Record(schema, r.Key), schema.LabelOf(r), [.. columns.Select(f => View(schema, f, r[f.Name], "") with
            {
                IsEditable = !f.IsReadOnly && !schema.IsKeyField(f.Name) && table.DecisionOf(TableAction.Change).Allows(r, f.Name),
                Reference = ReferredValue.Of(schema, f.Name, r[f.Name]) is { } referred ? labels.GetValueOrDefault(referred) : null,
            })]))],
        };
    }

    private static FieldView View(TableSchema schema, Field field, object? value, string id)
    {
        var kind = Controls.KindOf(schema, field, value);
        return new FieldView(field, kind, value, Controls.Wire(kind, value)) { Id = id, Target = schema.ReferenceOf(field.Name)?.Target };
    }
}
