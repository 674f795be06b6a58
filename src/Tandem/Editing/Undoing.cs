using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Editing;

/// <summary>What takes an operation back: one write for each record it touched, the one touched last first.</summary>
internal static class Undoing
{
    /// <param name="changes">The operation's changes, newest first.</param>
    /// <param name="find">The schema of a table; null where there is none any more.</param>
    /// <param name="by">Who takes it back.</param>
    /// <returns>The changes together by record, each with its inverse.</returns>
    public static IReadOnlyList<(Change Change, Inverse Inverse)> Of(IReadOnlyList<Change> changes, Func<string, TableSchema?> find, WriteContext by) =>
    [
        .. changes.GroupBy(c => (c.Table, c.Key)).Select(g => Together(g.Reverse())).OfType<Change>()
            .Select(c => (c, find(c.Table) is { } schema ? Inverse.Of(schema, c, by) : new Inverse(null, $"There is no table '{c.Table}' any more. Its changes stay.")))
    ];

    /// <summary>Several changes of one record as the one change they amount to, or null when they amount to none.</summary>
    /// <param name="changes">Oldest first.</param>
    public static Change? Together(IEnumerable<Change> changes)
    {
        Change? sum = null;
        foreach (var next in changes)
        {
            sum = (sum?.Kind, next.Kind) switch
            {
                (null, _) => next,
                (ChangeKind.Insert, ChangeKind.Update) => sum! with { After = Over(sum.After, next.After) },
                (ChangeKind.Insert, ChangeKind.Delete) => null,
                (ChangeKind.Update, ChangeKind.Update) => sum! with { Before = Over(next.Before, sum.Before), After = Over(sum.After, next.After) },
                (ChangeKind.Update, ChangeKind.Delete) => next with { Before = Over(next.Before, sum!.Before) },
                (ChangeKind.Delete, ChangeKind.Insert) => next with { Kind = ChangeKind.Update, Before = sum!.Before },
                _ => next,
            };
        }

        return sum;
    }

    private static Patch Over(Patch under, Patch over) => over.Aggregate(under, (all, field) => all.With(field.Key, field.Value));
}
