using Tandem.Access;
using Tandem.Changes;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Web.Rest.Units;

/// <summary>Takes changes back for pages without script, by the rules and rights of the API.</summary>
internal static class TakingBack
{
    /// <summary>What taking one change back would write, or why it cannot be.</summary>
    public static (Write? Write, string? Reason) Of(TableSchema schema, Change change, WriteContext by)
    {
        var inverse = Inverse.Of(schema, change, by);
        return (inverse.Write, inverse.Reason);
    }

    /// <summary>Takes one change back.</summary>
    /// <returns>Why nothing was done, as sentences for people; empty when it was.</returns>
    public static Task<string> OneAsync(ApiCall call, TableSchema schema, Change change)
    {
        var by = call.By with { Operation = $"revert {change.Sequence}" };
        return RunAsync(call, [(change, Inverse.Of(schema, change, by))]);
    }

    /// <summary>Takes an operation back: all of it that is the user's, or an administrator's to take back.</summary>
    /// <returns>Why nothing was done, as sentences for people; empty when it was.</returns>
    public static async Task<string> OperationAsync(ApiCall call, string operation)
    {
        var changes = await call.Database.OperationAsync(operation, UnitOfWork.Limit + 1, call.Cancelled);
        if (changes.Count > UnitOfWork.Limit)
        {
            return $"The operation has more than {UnitOfWork.Limit} changes. Take its records back one by one.";
        }

        changes = [.. changes.Where(c => call.User.Role == Role.Administrator || c.Actor == call.User.Name)];
        return changes.Count == 0
            ? "Somebody else made this operation, or the journal keeps nothing of it any more. Ask an administrator."
            : await RunAsync(call, Undoing.Of(changes, t => call.Database.Find(t)?.Schema, call.By with { Operation = $"undo {operation}" }));
    }

    private static async Task<string> RunAsync(ApiCall call, IReadOnlyList<(Change Change, Inverse Inverse)> undone)
    {
        if (undone.Select(u => u.Inverse.Reason).FirstOrDefault(r => r is not null) is { } reason)
        {
            return reason;
        }

        try
        {
            var (writes, hidden, forbidden) = await UnitRights.CheckAsync(call, [.. undone.Select((u, i) => new PlannedWrite(i, call.Database.Permitted(u.Change.Table)!, u.Inverse.Write!))]);
            foreach (var write in writes)
            {
                if (write.Write is Write.Update update && await call.FindObstacleAsync(write.Table, update.Key, update.Set.Keys) is { } obstacle)
                {
                    return obstacle.Message;
                }
            }

            if (hidden.Count + forbidden.Count > 0)
            {
                return "A record of it was deleted since, or is not yours to change. Nothing was changed.";
            }

            var result = await UnitSaver.SaveAsync(call.Database, [.. writes.Select(w => w.ForTable)], call.Cancelled);
            return result.Failure is { } failure ? throw failure.Cause : result.IsSaved ? "" : Why(call, result);
        }
        catch (ApiProblemException e)
        {
            return e.Message;
        }
    }

    private static string Why(ApiCall call, UnitOfWorkResult result)
    {
        var said = result.Conflicts
            .Select(c => $"{c.Conflict.By ?? "Somebody"} has changed {call.Database.Find(c.Table)?.Schema.Find(c.Conflict.Field)?.Label ?? c.Conflict.Field} since.")
            .Concat(result.Errors.Select(e => e.Error.Message))
            .Concat(result.Entries.Where(e => e.Result is SaveResult.Gone).Select(_ => "The record was deleted since."))
            .Distinct();
        return $"{string.Join(' ', said.DefaultIfEmpty("It has changed since."))} It stays as it is now.";
    }
}
