using Tandem.Changes;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Simulator.Checking;
using Tandem.Simulator.Clients;
using Tandem.Simulator.Network;
using Tandem.Simulator.Nodes;
using Tandem.Simulator.Scheduling;
using Tandem.Tables;

namespace Tandem.Simulator;

/// <summary>One history: a source, some nodes, people at them, and whatever goes wrong, all drawn from one seed.</summary>
internal sealed partial class World : IDisposable
{
    private const int LongestHistory = 20_000;
    private readonly string _folder;
    private readonly List<Seat> _seats = [];
    private Exception? _fault;
    private long _number;

    public World(int seed, string folder)
    {
        (Seed, _folder) = (seed, folder);
        Time = new VirtualTime();
        History = new History(Time);
        Schedule = new Schedule(seed, History);
        Source = new Source(Time, History);
        Loss = Schedule.Chance(50) ? Schedule.Random.Next(1, 9) : 0;
        Source.Committed += () => _seats.ForEach(s => s.Hears(Schedule));
    }

    public int Seed { get; }

    public VirtualTime Time { get; }

    public History History { get; }

    public Schedule Schedule { get; }

    public Source Source { get; }

    public int Loss { get; private set; }

    /// <summary>Whether nothing goes wrong any more and nobody begins anything.</summary>
    public bool IsQuiet { get; private set; }

    public HashSet<RecordKey> AskedToDelete { get; } = [];

    public List<Promise> Promises { get; } = [];

    public List<(Facts Facts, int Size)> Units { get; } = [];

    public long NextNumber() => ++_number;

    public void Fail(Exception fault) => _fault ??= fault;

    /// <summary>Runs something of a node beside everything else, as long as the node lives.</summary>
    public void Run(Node node, Func<Task> act) => _ = GuardAsync(node, act);

    /// <summary>An edit that somebody is done with: some stay open to the end.</summary>
    public void Leave(RecordEdit edit, Node node, Facts facts)
    {
        if (node.IsOver || facts.Unsure != 0 || Schedule.Chance(60))
        {
            edit.Dispose();
        }
        else
        {
            node.Edits.Add(edit);
        }
    }

    /// <exception cref="BrokenInvariantException">Something that must always hold did not.</exception>
    public async Task RunAsync()
    {
        await FurnishAsync();
        for (var i = Schedule.Random.Next(1, 4); i > 0; i--)
        {
            _seats.Add(new Seat(this, NodeOptions.Draw(i, Schedule), new Disk(_folder, $"n{i}")));
        }

        _seats.ForEach(s => s.Begin());
        for (var steps = Schedule.Random.Next(100, 500); steps > 0 && !_seats.TrueForAll(s => s.IsDone); steps--)
        {
            await StepAsync();
        }

        await QuietenAsync();
        await CheckAsync();
        foreach (var seat in _seats)
        {
            await seat.Node!.EndAsync();
        }

        await Schedule.SettleAsync();
        History.Note("all is well");
    }

    public void Dispose() => History.Dispose();

    private async Task GuardAsync(Node node, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception e) when (!node.IsOver || e is BrokenInvariantException)
        {
            Fail(e);
        }
        catch (Exception)
        {
            // The node is no more, and with it whatever somebody was about.
        }
    }

    private async Task FurnishAsync()
    {
        var by = new WriteContext("the start");
        for (var i = Schedule.Random.Next(2, 7); i > 0; i--)
        {
            await Source.ExecuteAsync([new(Shop.Items, new Write.Insert(new Patch([new("name", $"i{i}"), new("note", $"n{i % 4}"), new("shelf", (long)(i % 4))]), by))]);
            await Source.ExecuteAsync([new(Shop.Parts, new Write.Insert(new Patch([new("name", $"p{i}"), new("item", (long)1)]), by))]);
        }
    }

    private async Task CheckAsync()
    {
        foreach (var schema in new[] { Shop.ItemSchema, Shop.PartSchema })
        {
            var replay = new Replay(schema, Source.Journal);
            replay.To(Source.SequenceOf(Source.Current));
            BrokenInvariantException.Unless(replay.Records.Count() == await Source.Table(schema.Name).CountAsync(Querying.Filter.All), "the journal tells all there is", schema.Name);
        }

        Promises.ForEach(p => p.Check(Source.Journal));
        Units.ForEach(u => BrokenInvariantException.Unless(u.Facts.Done.Count is 0 || u.Facts.Done.Count == u.Size, "a unit is stored as a whole or not at all", $"{u.Facts.Actor} stored {u.Facts.Done.Count} of {u.Size}"));
        foreach (var facts in Source.Facts)
        {
            facts.CheckCounter();
        }

        foreach (var seat in _seats)
        {
            await seat.Node!.CheckAsync();
        }
    }
}
