using Tandem.Live.Views;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Addresses;
using Tandem.Web.Forms;

namespace Tandem.Web.Live.Lists;

/// <summary>Puts records into the forms that pages show and inputs carry.</summary>
internal static class RowFormatter
{
    public static ListRow Row(TandemApp app, ViewRow row, IReadOnlyCollection<string> shown) => new(
        row.Record.Key.ToString(), Fields(app, row.Record, shown, row.Labels));

    /// <param name="app">The application.</param>
    /// <param name="record">The record.</param>
    /// <param name="shown">The fields wanted.</param>
    /// <param name="labels">For references, what people call the target.</param>
    public static Dictionary<string, ShownField> Fields(
        TandemApp app, Record record, IReadOnlyCollection<string> shown, IReadOnlyDictionary<string, string?> labels)
    {
        Dictionary<string, ShownField> fields = new(shown.Count, StringComparer.Ordinal);
        var schema = record.Schema;
        foreach (var name in shown)
        {
            if (schema.Find(name) is not { IsSecret: false } field)
            {
                continue;
            }

            var value = record[name];
            var label = value is null ? null : labels.GetValueOrDefault(name);
            fields[name] = new ShownField(
                FieldLabels.Of(schema, field),
                ValueText.Display(field, value),
                value is null ? null : ValueText.Plain(value),
                null,
                label,
                label is null ? null : TargetOf(app, schema, name) is { } target ? Links.Record(target, new RecordKey(value!)) : null);
        }

        return fields;
    }

    /// <summary>The table that a field refers to by its key, so that a value is an address; null for any other field.</summary>
    public static TableSchema? TargetOf(TandemApp app, TableSchema schema, string field) =>
        schema.ReferenceOf(field) is { Fields.Count: 1 } reference && app.Find(reference.Target)?.Schema is { Key.Count: 1 } target && target.Key[0] == reference.TargetFields[0]
            ? target
            : null;
}
