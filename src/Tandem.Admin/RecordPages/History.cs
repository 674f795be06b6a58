using Tandem.Admin.Shell;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Admin.RecordPages;

/// <summary>Turns changes into what people read.</summary>
internal static class History
{
    private const int LongText = 60;

    public static HistoryEntry Entry(TableSchema schema, Change change) => new(
        change.Actor,
        change.At,
        change.Kind,
        change.Kind != ChangeKind.Update ? [] : [.. change.After
            .Where(v => schema.Find(v.Key) is not { IsSecret: true })
            .Select(v => Field(schema.Find(v.Key) ?? new Field(v.Key, FieldType.Other), v.Value, change.Before))]);

    private static HistoryField Field(Field field, object? after, Patch before) => new(
        field.Label,
        before.TryGetValue(field.Name, out var was) ? Say(field, was) : null,
        Say(field, after));

    private static string Say(Field field, object? value) =>
        value is null ? "empty" : Words.Cut(ValueText.Display(field, value), LongText).ReplaceLineEndings(" ");
}
