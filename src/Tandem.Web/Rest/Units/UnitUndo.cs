using Tandem.Access;
using Tandem.Changes;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Web.Rest.Units;

/// <summary>Takes back an operation of any size, the newest changes first, in as many units as it needs. Records that stand in the way are left out and told; done again, it tries those alone.</summary>
internal static class UnitUndo
{
    /// <summary>The most changes an operation may have to be taken back.</summary>
    public const int MostChanges = 500_000;

    private const int Chunk = 1_000;

    /// <summary>Takes back what can be.</summary>
    public static async Task<UndoOutcome> RunAsync(ApiCall call, string operation)
    {
        var changes = await OwnAsync(call, operation);
        if (changes.Count is 0 or > MostChanges)
        {
            return new UndoOutcome(0, 0, [], changes.Count == 0 ? "The journal keeps nothing of it any more." : $"It has more than {MostChanges} changes. Revert its records one by one.");
        }

        var by = call.By with { Operation = $"undo {operation}" };
        var undone = Undoing.Of(changes, t => call.Database.Find(t)?.Schema, by);
        var (done, tried, left, obstacle) = (0, 0, new List<LeftRecord>(), (string?)null);
        foreach (var chunk in undone.Chunk(Chunk))
        {
            var run = new UndoChunk(call, chunk);
            await run.RunAsync();
            (done, tried, obstacle) = (done + run.Done, tried + chunk.Length, run.Obstacle);
            left.AddRange(run.Left);
            if (obstacle is not null)
            {
                break;
            }
        }

        if (left.Count > 0)
        {
            // What was taken back before and changed after that is no longer the operation's; nor is a record that is hidden because it was.
            var before = (await OwnAsync(call, by.Operation!)).Select(c => (c.Table, c.Key)).ToHashSet();
            done += left.RemoveAll(l => before.Contains((l.Table, l.Key)));
        }

        return new UndoOutcome(done, undone.Count, left, obstacle);
    }

    private static async Task<IReadOnlyList<Change>> OwnAsync(ApiCall call, string operation)
    {
        var changes = await call.Database.OperationAsync(operation, MostChanges + 1, call.Cancelled);
        return call.User.Role == Role.Administrator ? changes : [.. changes.Where(c => c.Actor == call.User.Name)];
    }
}
