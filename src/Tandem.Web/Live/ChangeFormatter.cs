using Microsoft.Extensions.Logging;
using Tandem.Access;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Forms;

namespace Tandem.Web.Live;

/// <summary>A change in the form pages get, made once however many pages it goes to.</summary>
/// <param name="Change">The change.</param>
/// <param name="Schema">The table's schema.</param>
/// <param name="Fields">Every changed field that may be shown at all.</param>
/// <param name="Targets">For fields that refer to another table, that table.</param>
internal sealed record FormattedChange(
    Change Change, TableSchema Schema, IReadOnlyDictionary<string, ShownField> Fields, IReadOnlyDictionary<string, TableSchema> Targets);

/// <summary>Formats the changes of a batch; labels of referred records are read once per target table and batch.</summary>
internal sealed partial class ChangeFormatter(TandemApp app, ILogger logger)
{
    public async Task<IReadOnlyList<FormattedChange>> FormatAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken)
    {
        List<(Change Change, TableSchema Schema)> known = [];
        foreach (var change in changes)
        {
            if (app.Find(change.Table)?.Schema is { } schema)
            {
                known.Add((change, schema));
            }
        }

        var referred = known.Where(k => k.Change.Kind == ChangeKind.Update)
            .SelectMany(k => k.Change.Before.Concat(k.Change.After).Select(v => ReferredValue.Of(k.Schema, v.Key, v.Value)))
            .OfType<ReferredValue>();
        var labels = await LabelsAsync(referred, cancellationToken);
        return [.. known.Select(k => Format(k.Change, k.Schema, labels))];
    }

    /// <summary>Labels are a help; a change is told without them when they cannot be read.</summary>
    private async Task<IReadOnlyDictionary<ReferredValue, ReferenceLabel>> LabelsAsync(IEnumerable<ReferredValue> referred, CancellationToken cancellationToken)
    {
        try
        {
            return await ReferenceLabels.ReadAsync(app.Find, referred, cancellationToken);
        }
        catch (TandemException e)
        {
            LogWithoutLabels(e);
            return new Dictionary<ReferredValue, ReferenceLabel>();
        }
    }

    private static FormattedChange Format(Change change, TableSchema schema, IReadOnlyDictionary<ReferredValue, ReferenceLabel> labels)
    {
        Dictionary<string, ShownField> fields = new(StringComparer.Ordinal);
        Dictionary<string, TableSchema> targets = new(StringComparer.Ordinal);
        if (change.Kind == ChangeKind.Update)
        {
            foreach (var (name, value) in change.After)
            {
                if (schema.Find(name) is not { IsSecret: false } field)
                {
                    continue;
                }

                var label = LabelOf(schema, name, value, labels);
                var before = change.Before.TryGetValue(name, out var was) ? LabelOf(schema, name, was, labels) : null;
                if ((label ?? before) is { } named)
                {
                    targets[name] = named.Target;
                }

                fields[name] = new ShownField(
                    FieldLabels.Of(schema, field),
                    ValueText.Display(field, value),
                    value is null ? null : ValueText.Plain(value),
                    change.Before.ContainsKey(name) ? before?.Label ?? ValueText.Display(field, was) : null,
                    label?.Label,
                    label?.Href);
            }
        }

        return new FormattedChange(change, schema, fields, targets);
    }

    private static ReferenceLabel? LabelOf(
        TableSchema schema, string field, object? value, IReadOnlyDictionary<ReferredValue, ReferenceLabel> labels) =>
        ReferredValue.Of(schema, field, value) is { } referred ? labels.GetValueOrDefault(referred) : null;

    [LoggerMessage(1106, LogLevel.Warning, "Names of referred records could not be read; a change is told with their keys")]
    private partial void LogWithoutLabels(Exception cause);
}
