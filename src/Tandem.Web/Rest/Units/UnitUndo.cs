using Tandem.Access;
using Tandem.Changes;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Web.Rest.Units;

/// <summary>Takes back an operation of any size: the newest changes first, in as many units as it needs, each all or nothing.</summary>
internal static class UnitUndo
{
    /// <summary>The most changes an operation may have to be taken back.</summary>
    public const int MostChanges = 500_000;

    private const int Chunk = 1_000;

    /// <returns>What stood in the way, and how much was taken back before; null when all of it was.</returns>
    public static async Task<string?> RunAsync(ApiCall call, string operation)
    {
        var changes = await call.App.Database.OperationAsync(operation, MostChanges + 1, call.Cancelled);
        changes = call.User.Role == Role.Administrator ? changes : [.. changes.Where(c => c.Actor == call.User.Name)];
        if (changes.Count is 0 or > MostChanges)
        {
            return changes.Count == 0 ? "The journal keeps nothing of it any more." : $"It has more than {MostChanges} changes. Revert its records one by one.";
        }

        var (done, by) = (0, call.By with { Operation = $"undo {operation}" });
        var undone = Undoing.Of(changes, t => call.App.Find(t)?.Schema, by);
        foreach (var chunk in undone.Chunk(Chunk))
        {
            if (await ObstacleAsync(call, chunk) is { } obstacle)
            {
                return done == 0 ? $"Nothing was taken back. {obstacle}" : $"{done} of {undone.Count} records were taken back, the newest first. {obstacle}";
            }

            done += chunk.Length;
        }

        return null;
    }

    private static async Task<string?> ObstacleAsync(ApiCall call, IReadOnlyList<(Change Change, Inverse Inverse)> undone)
    {
        if (undone.FirstOrDefault(u => u.Inverse.Write is null) is { Inverse.Reason: { } reason })
        {
            return reason;
        }

        var planned = undone.Select((u, i) => new PlannedWrite(i, call.App.Find(u.Change.Table)!, u.Inverse.Write!)).ToList();
        var (writes, hidden) = await UnitRights.CheckAsync(call, planned);
        if (hidden.Count > 0)
        {
            return "Some of its records are gone, or not yours to change.";
        }

        var saved = await UnitSaver.SaveAsync(call.App.Database, [.. writes.Select(w => w.ForTable)], call.Cancelled);
        return saved.IsSaved ? null
            : saved.Failure is { } failure ? failure.Cause.Message
            : saved.Conflicts.Count > 0 ? $"{saved.Conflicts[0].Conflict.By ?? "Somebody"} has changed some of it since. It stays as it is now."
            : saved.Errors.Count > 0 ? saved.Errors[0].Error.Message
            : "Some of its records are gone.";
    }
}
