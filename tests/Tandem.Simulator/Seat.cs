using Tandem.Simulator.Clients;
using Tandem.Simulator.Nodes;
using Tandem.Simulator.Scheduling;

namespace Tandem.Simulator;

/// <summary>Where a node lives one life after the other, and people sit down at each.</summary>
internal sealed class Seat(World world, NodeOptions options, Disk disk)
{
    private readonly ReadFloor _floor = new(options.Name, world.Source);
    private readonly List<string> _people = [];
    private Node? _starting;
    private int _lives;
    private int _actions = world.Schedule.Random.Next(4, 16);

    public NodeOptions Options => options;

    public string Name => options.Name;

    /// <summary>The node that runs now; null while there is none.</summary>
    public Node? Node { get; private set; }

    /// <summary>Whether everybody has done what they came for.</summary>
    public bool IsDone => Node is not null && _people.Count == 0;

    public string Waits => Node is null ? $"{Name} does not start" : string.Join(", ", _people);

    public void Begin() => _ = StartAsync();

    /// <summary>The source committed something: mostly the node is woken, now or never.</summary>
    public void Hears(Schedule schedule)
    {
        if (world.IsQuiet || !schedule.Chance(15))
        {
            (Node ?? _starting)?.Database.Wake();
        }
    }

    public async Task CrashAsync(bool isPowerCut)
    {
        world.History.Note($"{Name} {(isPowerCut ? "loses power" : "crashes")}");
        var node = Node!;
        (Node, _) = (null, node);
        _people.Clear();
        disk.Crash(world.Schedule, isPowerCut);
        await node.CrashAsync();
        Begin();
    }

    public async Task CloseAsync()
    {
        var node = Node!;
        Node = null;
        _people.Clear();
        await node.EndAsync();
        Begin();
    }

    /// <summary>Nothing is lost any more.</summary>
    public void Quieten()
    {
        foreach (var node in new[] { Node, _starting })
        {
            if (node is not null)
            {
                node.Link.Loss = 0;
            }
        }
    }

    private async Task StartAsync()
    {
        try
        {
            while (Node is null)
            {
                await world.Schedule.TurnAsync($"{Name} starts");
                Node = await Node.StartAsync(world, options, _floor, disk, node => _starting = node);
            }

            _starting = null;
            _lives++;
            world.History.Note($"{Name} is up: {(options.IsFull ? "full" : "bounded")}{(options.IsKept ? ", kept" : "")}{(options.HasQueue ? ", queue" : "")}");
            for (var i = world.Schedule.Random.Next(1, 4); i > 0; i--)
            {
                Sit(Node, $"{Name}.{_lives}{(char)('a' + i)}");
            }
        }
        catch (Exception e)
        {
            world.Fail(e);
        }
    }

    private void Sit(Node node, string name)
    {
        var actions = _actions / 2;
        _actions -= actions;
        _people.Add(name);
        world.Run(node, async () =>
        {
            await new Client(world, node, name).LiveAsync(actions);
            _people.Remove(name);
        });
    }
}
