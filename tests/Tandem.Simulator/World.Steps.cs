using Tandem.Changes;
using Tandem.Records;
using Tandem.Simulator.Scheduling;
using Tandem.Tables;

namespace Tandem.Simulator;

/// <content>What happens next.</content>
internal sealed partial class World
{
    private async Task StepAsync()
    {
        await Schedule.SettleAsync();
        if (_fault is not null)
        {
            throw _fault;
        }

        if (!IsQuiet && Schedule.Chance(6))
        {
            await DisturbAsync();
        }
        else if (Schedule.IsEmpty || Schedule.Chance(4))
        {
            Time.Advance();
        }
        else
        {
            Schedule.Next();
        }
    }

    private async Task DisturbAsync()
    {
        var seat = Schedule.Pick(_seats);
        switch (Schedule.Random.Next(12))
        {
            case 0 when seat.Node is not null:
                await seat.CrashAsync(Schedule.Chance(50));
                break;
            case 1 when seat.Node is not null:
                History.Note($"{seat.Name} is closed");
                await seat.CloseAsync();
                break;
            case 2 or 3 when seat.Node is { IsOver: false } node:
                History.Note($"{seat.Name} is cut off");
                await node.Link.BreakAsync();
                break;
            case 4 or 5 or 6:
                seat.Node?.Database.Wake();
                break;
            case 7 when !_seats.Exists(s => s.Options.HasQueue):
                History.Note("the source starts again");
                await Source.TrimAsync(Schedule.Random.Next(4));
                foreach (var other in _seats.Where(s => s.Node is { IsOver: false }))
                {
                    await other.Node!.Link.BreakAsync();
                }

                break;
            case > 7:
                await ForeignWriteAsync();
                break;
        }
    }

    /// <summary>Another program writes past everybody.</summary>
    private async Task ForeignWriteAsync()
    {
        var by = new WriteContext(Actors.Elsewhere);
        RecordKey[] keys = [.. Source.Journal.Where(c => c is { Table: Shop.Items, Kind: ChangeKind.Insert }).Select(c => c.Key)];
        var key = Schedule.Pick(keys);
        History.Note("another program writes");
        await Source.ExecuteAsync([new(Shop.Items, Schedule.Random.Next(10) switch
        {
            0 => new Write.Delete(key, Guard.None, by),
            1 => new Write.Insert(new Patch([new("name", $"f-{NextNumber()}"), new("shelf", (long)Schedule.Random.Next(4))]), by),
            < 6 => new Write.Update(key, new Patch([new("name", $"f-{NextNumber()}"), new("shelf", (long)Schedule.Random.Next(4))]), Guard.None, by),
            _ => new Write.Update(key, Patch.Of("note", $"n{Schedule.Random.Next(1, 4)}-{NextNumber()}"), Guard.None, by),
        })]);
    }

    /// <summary>Nothing goes wrong any more; all that is under way comes to its end.</summary>
    private async Task QuietenAsync()
    {
        History.Note("quiet");
        (IsQuiet, Loss) = (true, 0);
        _seats.ForEach(s => s.Quieten());
        for (var round = 0; round < 2; round++)
        {
            for (var steps = 0; await IsBusyAsync(); steps++)
            {
                BrokenInvariantException.Unless(steps < LongestHistory, "quiet comes", $"still waiting: {Schedule.Waiting}");
                await StepAsync();
            }

            _seats.ForEach(s => s.Node?.Database.Wake());
        }

        BrokenInvariantException.Unless(_seats.TrueForAll(s => s.IsDone), "nobody waits for ever", string.Join(", ", _seats.Where(s => !s.IsDone).Select(s => s.Waits)));
    }

    private async Task<bool> IsBusyAsync()
    {
        await Schedule.SettleAsync();
        if (_fault is not null)
        {
            throw _fault;
        }

        return !Schedule.IsEmpty || Time.IsAwaited;
    }
}
