using Tandem.Admin.Shell;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Forms;

namespace Tandem.Admin.RecordPages;

/// <summary>Turns changes into what people read.</summary>
internal static class History
{
    public const string Empty = "empty";
    private const int LongText = 60;
    private const int FullText = 400;

    /// <summary>Changes of one table, with references by what they are called; labels are read once for all of them.</summary>
    /// <param name="page">The page.</param>
    /// <param name="schema">The table.</param>
    /// <param name="changes">The changes.</param>
    /// <param name="isFull">Whether long values are told at length, and what records held when they were added and deleted. Default: no.</param>
    public static async Task<IReadOnlyList<HistoryEntry>> EntriesAsync(PageContext page, TableSchema schema, IEnumerable<Change> changes, bool isFull = false)
    {
        var list = changes.ToList();
        var referred = list.Where(c => isFull || c.Kind == ChangeKind.Update)
            .SelectMany(c => c.Before.Concat(c.After).Select(v => ReferredValue.Of(schema, v.Key, v.Value)))
            .OfType<ReferredValue>();
        var labels = await ReferenceLabels.ReadAsync(page.Look, referred, page.Aborted);
        return [.. list.Select(c => Entry(schema, c, labels, isFull))];
    }

    private static HistoryEntry Entry(TableSchema schema, Change change, IReadOnlyDictionary<ReferredValue, ReferenceLabel> labels, bool isFull)
    {
        var told = change.Kind switch
        {
            ChangeKind.Update => change.After.Where(a => change.Touches(a.Key)),
            ChangeKind.Insert when isFull => change.After.Where(a => a.Value is not null),
            ChangeKind.Delete when isFull => change.Before.Where(b => b.Value is not null),
            _ => [],
        };
        List<HistoryField> fields = [];
        foreach (var (name, value) in told)
        {
            var field = schema.Find(name) ?? new Field(name, FieldType.Other);
            if (!field.IsSecret)
            {
                var length = isFull ? FullText : LongText;
                var before = change.Kind == ChangeKind.Update && change.Before.TryGetValue(name, out var was) ? Say(schema, field, was, labels, length) : null;
                fields.Add(new HistoryField(name, FieldLabels.Of(schema, field), before, Say(schema, field, value, labels, length)));
            }
        }

        return new HistoryEntry(change.Sequence, change.Actor, change.At, change.Kind, fields);
    }

    private static string Say(TableSchema schema, Field field, object? value, IReadOnlyDictionary<ReferredValue, ReferenceLabel> labels, int length)
    {
        var label = ReferredValue.Of(schema, field.Name, value) is { } referred ? labels.GetValueOrDefault(referred)?.Label : null;
        return value is null ? Empty : Words.Cut(label ?? ValueText.Display(field, value), length).ReplaceLineEndings(" ");
    }
}
