using System.Text.Json;
using Tandem.Access;
using Tandem.Changes;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Web.Rest.Units;

/// <summary>Writes of several tables as one unit: all or none, guarded, with one list of what stands in the way; and taking an operation back.</summary>
internal static class UnitsApi
{
    public static async Task SaveAsync(ApiCall call)
    {
        JsonBody.RequireType(call.Http.Request, "application/json");
        using var document = await JsonBody.ReadAsync(call.Http, UnitBody.MaxBytes);
        var body = UnitBody.Read(call, document.RootElement);
        await RunAsync(call, body.Operation, body.Count, body.Writes, body.Faults, body.IsTrial);
    }

    public static async Task UndoAsync(ApiCall call)
    {
        JsonBody.RequireType(call.Http.Request, "application/json");
        using var document = await JsonBody.ReadAsync(call.Http);
        var operation = UnitBody.ReadOperation(document.RootElement) ?? throw ApiProblemException.BadRequest("Name the 'operation' to undo.");
        var changes = await call.Database.OperationAsync(operation, UnitOfWork.Limit + 1, call.Cancelled);
        if (changes.Count == 0)
        {
            throw ApiProblemException.NotFound($"The journal keeps nothing of an operation '{operation}'. It may be too long ago.");
        }

        if (changes.Count > UnitOfWork.Limit)
        {
            await UndoLargeAsync(call, operation);
            return;
        }

        if (call.User.Role != Role.Administrator)
        {
            // Somebody else may have used the same words; theirs stay theirs.
            changes = [.. changes.Where(c => c.Actor == call.User.Name)];
            if (changes.Count == 0)
            {
                throw ApiProblemException.Forbidden("Somebody else made this operation. Ask them or an administrator to undo it.");
            }
        }

        await RevertAsync(call, $"undo {operation}", Undoing.Of(changes, t => call.Database.Find(t)?.Schema, call.By with { Operation = $"undo {operation}" }));
    }

    /// <summary>More than one unit holds goes in several, newest first, without what stands in the way; there is no room for a record each in the answer.</summary>
    private static async Task UndoLargeAsync(ApiCall call, string operation)
    {
        var outcome = await UnitUndo.RunAsync(call, operation);
        if (outcome.Obstacle is not null)
        {
            throw ApiProblemException.BadRequest(outcome.Said);
        }

        await UnitAnswer.TakenBackAsync(call, $"undo {operation}", outcome);
    }

    /// <summary><c>/api/tables/{table}/{key}/revert</c>: takes back one change of a record.</summary>
    public static async Task RevertAsync(ApiCall call)
    {
        var table = call.Table();
        var key = call.Key(table.Schema);
        JsonBody.RequireType(call.Http.Request, "application/json");
        using var document = await JsonBody.ReadAsync(call.Http);
        if (!document.RootElement.TryGetProperty("sequence", out var part) || part.ValueKind != JsonValueKind.Number || !part.TryGetInt64(out var sequence))
        {
            throw ApiProblemException.BadRequest("Name the change by its 'sequence': a whole number, as the record's history gives it.");
        }

        const int HistoryLimit = 10_000;
        var change = (await call.Database.HistoryAsync(table.Schema.Name, key, HistoryLimit, call.Cancelled)).FirstOrDefault(c => c.Sequence == sequence)
            ?? throw ApiProblemException.NotFound($"The record's history has no change {sequence}. It may be too long ago.");
        var by = call.By with { Operation = $"revert {sequence}" };
        await RevertAsync(call, by.Operation, [(change, Inverse.Of(table.Schema, change, by))]);
    }

    private static Task RevertAsync(ApiCall call, string operation, IReadOnlyList<(Change Change, Inverse Inverse)> undone)
    {
        List<PlannedWrite> writes = [];
        List<UnitFault> faults = [];
        foreach (var ((change, inverse), i) in undone.Select((u, i) => (u, i)))
        {
            if (inverse.Write is { } write)
            {
                writes.Add(new PlannedWrite(i, call.Database.Permitted(change.Table)!, write));
            }
            else
            {
                faults.Add(new UnitFault(i, change.Table, change.Key.ToString(), new FieldError("", inverse.Reason!)));
            }
        }

        return RunAsync(call, operation, undone.Count, writes, faults, false);
    }

    private static async Task RunAsync(ApiCall call, string operation, int count, IReadOnlyList<PlannedWrite> planned, IReadOnlyList<UnitFault> faults, bool isTrial)
    {
        var (writes, hidden, forbidden) = await UnitRights.CheckAsync(call, planned);
        var answer = new UnitAnswer(call, operation, count);
        answer.Add(faults);
        answer.Add(forbidden);
        answer.Add(await OccupiedAsync(call, writes));
        foreach (var write in hidden)
        {
            await answer.AddAsync(write, new SaveResult.Gone());
        }

        UnitOfWorkResult? result = null;
        if (isTrial || (!answer.HasErrors && hidden.Count == 0))
        {
            try
            {
                TableWrite[] all = [.. writes.Select(w => w.ForTable)];
                result = isTrial
                    ? await UnitSaver.TryAsync(call.Database, all, call.Cancelled)
                    : await UnitSaver.SaveAsync(call.Database, all, call.Cancelled);
            }
            catch (ArgumentException e)
            {
                // New records that wait for each other, or too many writes: the message is for whoever sent them.
                throw ApiProblemException.BadRequest(e.Message);
            }

            foreach (var (write, entry) in writes.Zip(result.Entries))
            {
                await answer.AddAsync(write, entry.Result);
            }
        }

        await (isTrial ? answer.TrialAsync() : result is { IsSaved: true } ? answer.SavedAsync() : answer.RefusedAsync());
    }

    /// <summary>The fields that somebody else is in and may be in alone.</summary>
    private static async Task<IReadOnlyList<UnitFault>> OccupiedAsync(ApiCall call, IEnumerable<PlannedWrite> writes)
    {
        List<UnitFault> faults = [];
        foreach (var write in writes)
        {
            if (write.Write is Write.Update update && await call.FindObstacleAsync(write.Table, update.Key, update.Set.Keys) is { } obstacle)
            {
                faults.Add(new UnitFault(write.At, write.Table.Schema.Name, update.Key.ToString(), obstacle));
            }
        }

        return faults;
    }
}
