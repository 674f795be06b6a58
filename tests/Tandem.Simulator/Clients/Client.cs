using Tandem.Records;
using Tandem.Simulator.Checking;
using Tandem.Simulator.Network;
using Tandem.Simulator.Nodes;
using Tandem.Simulator.Scheduling;
using Tandem.Tables;

namespace Tandem.Simulator.Clients;

/// <summary>A person at a node, who does one thing after the other as long as the node lives and the world is busy.</summary>
internal sealed class Client(World world, Node node, string name)
{
    private int _actors;

    public World World => world;

    public Node Node => node;

    public Schedule Schedule => world.Schedule;

    public Source Source => world.Source;

    public string Name => name;

    public async Task LiveAsync(int actions)
    {
        for (var i = 0; i < actions && !world.IsQuiet && !node.IsOver; i++)
        {
            await ThinkAsync();
            try
            {
                await ActAsync();
            }
            catch (IOException e)
            {
                Note($"gives up: {e.Message}");
            }
        }
    }

    public Task ThinkAsync() => Schedule.TurnAsync($"{name} goes on", null, node.Stopping);

    public void Note(string what) => world.History.Note($"  {name} {what}");

    /// <summary>A name of its own for everything that is saved together.</summary>
    public Facts Actor(string kind, bool isBlind = false) => Source.Actor($"{name}.{kind}{++_actors}", isBlind);

    /// <summary>A text unlike any other.</summary>
    public string Text(string start = "v") => $"{start}-{world.NextNumber()}";

    /// <summary>One of the items there are, or were.</summary>
    public RecordKey AnyItem()
    {
        RecordKey[] known = [.. Source.Journal.Where(c => c is { Table: Shop.Items, Kind: Changes.ChangeKind.Insert }).Select(c => c.Key)];
        return Schedule.Pick(known);
    }

    private Task ActAsync() => Schedule.Random.Next(20) switch
    {
        < 9 => EditSession.RunAsync(this, isNew: false),
        < 11 => EditSession.RunAsync(this, isNew: true),
        < 14 => Reading.RunAsync(this),
        < 16 when node.Options.HasQueue => Queueing.RunAsync(this),
        < 18 => Units.RunAsync(this),
        18 => Twice.RunAsync(this),
        _ => DeleteAsync(),
    };

    private async Task DeleteAsync()
    {
        var key = AnyItem();
        if (await node.Items.GetAsync(key, node.Stopping) is not { } seen)
        {
            return;
        }

        var facts = Actor("d", isBlind: true);
        world.AskedToDelete.Add(key);
        var result = await node.Items.WriteAsync(
            new Write.Delete(key, Schedule.Chance(50) ? new Guard(seen.ToPatch()) : Guard.None, new WriteContext(facts.Actor)) { Id = Guid.CreateVersion7() }, node.Stopping);
        Note($"deletes {key}: {WriteText.Of(result)}");
    }
}
