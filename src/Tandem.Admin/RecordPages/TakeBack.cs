using Tandem.Access;
using Tandem.Admin.Shell;
using Tandem.Changes;
using Tandem.Schema;
using Tandem.Tables;
using Tandem.Web.Rest.Units;

namespace Tandem.Admin.RecordPages;

/// <summary>Says what taking a change back would do.</summary>
internal static class TakeBack
{
    /// <returns>One sentence for each thing it does; none where it cannot be taken back, or not by this user.</returns>
    public static IReadOnlyList<string> Sentences(PageContext page, TableSchema schema, Change change, HistoryEntry entry)
    {
        var action = change.Kind switch
        {
            ChangeKind.Insert => TableAction.Delete,
            ChangeKind.Delete => TableAction.Add,
            _ => TableAction.Change,
        };
        if (schema.ReadOnlyReason is not null || !page.Decide(schema, action).IsAllowed || TakingBack.Of(schema, change, page.By).Write is not { } write)
        {
            return [];
        }

        return write switch
        {
            Write.Update update => [.. entry.Fields.Where(f => update.Set.ContainsKey(f.Name)).Select(f => $"{f.Label} becomes {Quoted(f.Before!)} again; it was set to {Quoted(f.After)}.")],
            Write.Delete => ["The record is deleted, if it is still as it was added."],
            _ => ["The record is added again as it was."],
        };
    }

    private static string Quoted(string text) => text == History.Empty ? text : $"“{text}”";
}
