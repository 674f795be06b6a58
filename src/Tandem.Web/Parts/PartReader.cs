using Tandem.Access;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Forms;

namespace Tandem.Web.Parts;

/// <summary>Reads what parts show, with the rights of whoever looks.</summary>
internal static class PartReader
{
    /// <summary>A record and what its references are called; null when it is not there or may not be seen.</summary>
    public static async Task<LiveScope?> RecordAsync(LivePage page, string table, object key)
    {
        var source = await page.TableAsync(table);
        if (source is null || await source.GetAsync(LivePart.KeyOf(key)) is not { } record)
        {
            return null;
        }

        var labels = await LabelsAsync(page, source.Schema, [record]);
        return new LiveScope(source.Schema, record, labels[0], await page.MayAsync(source.Schema, TableAction.Change, record), false);
    }

    /// <summary>For each record, what its references are called; one read for each table referred to.</summary>
    public static async Task<IReadOnlyList<IReadOnlyDictionary<string, string?>>> LabelsAsync(LivePage page, TableSchema schema, IReadOnlyList<Record> records)
    {
        string[] references = [.. schema.Fields.Where(f => !f.IsSecret && schema.ReferenceOf(f.Name) is not null).Select(f => f.Name)];
        var referred = records.SelectMany(r => references.Select(f => ReferredValue.Of(schema, f, r[f]))).OfType<ReferredValue>();
        var labels = await ReferenceLabels.ReadAsync(await page.TablesAsync(), referred, CancellationToken.None);
        return [.. records.Select(r => (IReadOnlyDictionary<string, string?>)references.ToDictionary(
            f => f, f => ReferredValue.Of(schema, f, r[f]) is { } value ? labels.GetValueOrDefault(value)?.Label : null, StringComparer.Ordinal))];
    }

    /// <summary>What a reference may point to, for a list to choose from; null when it is too long for one.</summary>
    public static async Task<IReadOnlyList<(string Value, string Label)>?> ChoicesAsync(LivePage page, TableSchema schema, Field field, int most)
    {
        if (schema.ReferenceOf(field.Name) is not { Fields.Count: 1 } reference || (await page.TablesAsync())(reference.Target) is not { } target || target.Schema.Find(reference.TargetFields[0]) is null)
        {
            return null;
        }

        var order = target.Schema.LabelFields.Select(f => new Order(f)).ToArray();
        var found = await target.QueryAsync(new Query
        {
            Order = order,
            First = most + 1,
            Fields = [.. target.Schema.Key, .. target.Schema.LabelFields, reference.TargetFields[0]],
        });
        return found.Records.Count > most
            ? null
            : [.. found.Records.Select(r => (ValueText.Plain(r[reference.TargetFields[0]]!), target.Schema.LabelOf(r)))];
    }
}
