using Tandem.Changes;
using Tandem.Editing;
using Tandem.Tables;

namespace Tandem.Web.Rest.Units;

/// <summary>Takes some changes back as one unit; what is refused is left out, and the rest is tried again without it.</summary>
internal sealed class UndoChunk(ApiCall call, IReadOnlyList<(Change Change, Inverse Inverse)> undone)
{
    private const int RoundsTogether = 3;

    /// <summary>Records that are as they were before.</summary>
    public int Done { get; private set; }

    /// <summary>Records that stay as they are.</summary>
    public List<LeftRecord> Left { get; } = [];

    /// <summary>Why it was ended, as a sentence; null when everything was tried.</summary>
    public string? Obstacle { get; private set; }

    public async Task RunAsync()
    {
        List<PlannedWrite> planned = [];
        foreach (var ((change, inverse), i) in undone.Select((u, i) => (u, i)))
        {
            if (inverse.Write is { } write)
            {
                planned.Add(new PlannedWrite(i, call.Database.Permitted(change.Table)!, write));
            }
            else
            {
                Leave(i, null, $"cannot be taken back: {inverse.Reason!.TrimEnd('.')}");
            }
        }

        try
        {
            var (writes, hidden, forbidden) = await UnitRights.CheckAsync(call, planned);
            foreach (var at in hidden.Select(h => h.At).Concat(forbidden.Select(f => f.At)))
            {
                Leave(at, null, "is gone, or not yours to change", "are gone, or not yours to change");
            }

            await SaveAsync(await FreeAsync(writes), RoundsTogether);
        }
        catch (ApiProblemException e)
        {
            Obstacle = e.Message;
        }
    }

    /// <summary>Leaves out what somebody else is in and may be in alone.</summary>
    private async Task<List<PlannedWrite>> FreeAsync(List<PlannedWrite> writes)
    {
        List<PlannedWrite> free = [];
        foreach (var write in writes)
        {
            if (write.Write is Write.Update update && await call.FindObstacleAsync(write.Table, update.Key, update.Set.Keys) is { } obstacle)
            {
                Leave(write.At, null, $"cannot be taken back: {obstacle.Message.TrimEnd('.')}");
            }
            else
            {
                free.Add(write);
            }
        }

        return free;
    }

    private async Task SaveAsync(List<PlannedWrite> writes, int rounds)
    {
        while (writes.Count > 0 && Obstacle is null)
        {
            var saved = await UnitSaver.SaveAsync(call.Database, [.. writes.Select(w => w.ForTable)], call.Cancelled);
            if (saved.IsSaved)
            {
                Done += writes.Count;
                return;
            }

            if (saved.Failure is { } failure)
            {
                Obstacle = failure.Cause.Message;
                return;
            }

            List<PlannedWrite> open = [];
            foreach (var (write, entry) in writes.Zip(saved.Entries))
            {
                if (!await IsRefusedAsync(write, entry.Result))
                {
                    open.Add(write);
                }
            }

            if (--rounds <= 0 || open.Count == writes.Count)
            {
                // A database that names one fault at a time, or none, would be asked for ever: halves find the faulty ones sooner.
                await HalveAsync(open, open.Count == writes.Count);
                return;
            }

            writes = open;
        }
    }

    private async Task HalveAsync(List<PlannedWrite> writes, bool isRefused)
    {
        if (writes.Count == 1 && isRefused)
        {
            Leave(writes[0].At, null, "was refused by the database and stays", "were refused by the database and stay");
            return;
        }

        var half = writes.Count / 2;
        await SaveAsync(writes[..half], 1);
        await SaveAsync(writes[half..], 1);
    }

    private async Task<bool> IsRefusedAsync(PlannedWrite write, SaveResult? result)
    {
        switch (result)
        {
            case SaveResult.Conflicted conflicted:
                var by = conflicted.Conflicts.Select(c => c.By).FirstOrDefault(b => b is not null);
                Leave(write.At, by, $"was changed by {by ?? "somebody"} since and stays", $"were changed by {by ?? "somebody"} since and stay");
                return true;
            case SaveResult.Gone when write.Write is Write.Delete:
                // Gone is what it was to be.
                Done++;
                return true;
            case SaveResult.Gone:
                var last = (await call.Database.HistoryAsync(write.Table.Schema.Name, write.Key!, 1, call.Cancelled)).FirstOrDefault();
                var deleter = last is { Kind: ChangeKind.Delete } ? last.Actor : null;
                Leave(write.At, deleter, $"was deleted by {deleter ?? "somebody"} since and stays so", $"were deleted by {deleter ?? "somebody"} since and stay so");
                return true;
            case SaveResult.Rejected rejected when !OpenResults.IsOpen(result):
                Leave(write.At, null, $"cannot be taken back: {string.Join(' ', rejected.Errors.Select(e => e.Message).Distinct()).TrimEnd('.')}");
                return true;
            default:
                return false;
        }
    }

    private void Leave(int at, string? by, string one, string? many = null) =>
        Left.Add(new LeftRecord(undone[at].Change.Table, undone[at].Change.Key, by, one, many ?? one));
}
