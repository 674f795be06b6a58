using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Web.Live;

/// <summary>Cuts a formatted change down to what one page shows and its user may read.</summary>
internal static class PageChange
{
    private static readonly Dictionary<string, ShownField> s_none = [];

    /// <returns>The message, or null when the page has no use for the change.</returns>
    public static LiveChange? Make(FormattedChange content, Watched watched, Func<TableSchema, bool> mayName)
    {
        var change = content.Change;
        var isShown = watched.Keys.Contains(change.Key);
        switch (change.Kind)
        {
            case ChangeKind.Reset:
                return Message(change, "reset", null);
            case ChangeKind.Delete:
                return isShown || watched.Whole ? Message(change, "delete", null) : null;
            case ChangeKind.Insert:
                return watched.Whole && Belongs(content, watched) ? Message(change, "insert", null)
                    : isShown ? Message(change, "insert", null) : null;
        }

        if (!isShown)
        {
            return watched.Whole && ListPlace.MayChange(content.Schema, change, watched) ? Message(change, "moved", null) : null;
        }

        Dictionary<string, ShownField>? fields = null;
        foreach (var (name, field) in content.Fields)
        {
            // The change has what the user may hear of; what is formatted has every field.
            if ((watched.Fields is not null && !watched.Fields.Contains(name)) || !change.After.ContainsKey(name))
            {
                continue;
            }

            var mayBeNamed = !content.Targets.TryGetValue(name, out var target) || mayName(target);
            (fields ??= new(StringComparer.Ordinal))[name] = mayBeNamed ? field : field with { Label = null, Href = null, Before = null };
        }

        // A change of fields the page does not show still moves its sequence along.
        var moves = watched is { Whole: true, Deciding: not null } && ListPlace.MayChange(content.Schema, change, watched);
        return Message(change, "update", fields ?? s_none) with { Moves = moves };
    }

    private static bool Belongs(FormattedChange content, Watched watched)
    {
        if (watched.Filter is Filter.AllFilter)
        {
            return true;
        }

        var after = content.Change.After;
        if (FilterFields.Of(watched.Filter).Any(f => !after.ContainsKey(f)))
        {
            // The source did not tell everything: better announced once too often than never.
            return true;
        }

        return FilterEvaluator.Holds(watched.Filter, new Record(content.Schema, [.. content.Schema.Fields.Select(f => after.GetValueOrDefault(f.Name))]));
    }

    private static LiveChange Message(Change change, string kind, IReadOnlyDictionary<string, ShownField>? fields) => new(
        change.Table, change.Key.ToString(), kind, change.Actor, ValueText.Plain(change.At), change.Sequence, fields);
}
