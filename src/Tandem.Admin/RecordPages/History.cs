using Tandem.Admin.Shell;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Forms;

namespace Tandem.Admin.RecordPages;

/// <summary>Turns changes into what people read.</summary>
internal static class History
{
    private const int LongText = 60;

    /// <summary>Changes of one table, with references by what they are called; labels are read once for all of them.</summary>
    public static async Task<IReadOnlyList<HistoryEntry>> EntriesAsync(PageContext page, TableSchema schema, IEnumerable<Change> changes)
    {
        var list = changes.ToList();
        var referred = list.Where(c => c.Kind == ChangeKind.Update)
            .SelectMany(c => c.Before.Concat(c.After).Select(v => ReferredValue.Of(schema, v.Key, v.Value)))
            .OfType<ReferredValue>();
        var labels = await ReferenceLabels.ReadAsync(page.App, referred, page.Visible, page.Aborted);
        return [.. list.Select(c => Entry(schema, c, labels))];
    }

    private static HistoryEntry Entry(TableSchema schema, Change change, IReadOnlyDictionary<ReferredValue, ReferenceLabel> labels)
    {
        List<HistoryField> fields = [];
        foreach (var (name, after) in change.Kind == ChangeKind.Update ? change.After.Where(a => change.Touches(a.Key)) : [])
        {
            var field = schema.Find(name) ?? new Field(name, FieldType.Other);
            if (!field.IsSecret)
            {
                var before = change.Before.TryGetValue(name, out var was) ? Say(schema, field, was, labels) : null;
                fields.Add(new HistoryField(FieldLabels.Of(schema, field), before, Say(schema, field, after, labels)));
            }
        }

        return new HistoryEntry(change.Sequence, change.Actor, change.At, change.Kind, fields);
    }

    private static string Say(TableSchema schema, Field field, object? value, IReadOnlyDictionary<ReferredValue, ReferenceLabel> labels)
    {
        var label = ReferredValue.Of(schema, field.Name, value) is { } referred ? labels.GetValueOrDefault(referred)?.Label : null;
        return value is null ? "empty" : Words.Cut(label ?? ValueText.Display(field, value), LongText).ReplaceLineEndings(" ");
    }
}
