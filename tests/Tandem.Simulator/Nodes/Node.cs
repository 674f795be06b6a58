using Tandem.Changes;
using Tandem.Editing;
using Tandem.Live;
using Tandem.Live.Views;
using Tandem.Simulator.Clients;
using Tandem.Simulator.Network;
using Tandem.Simulator.Scheduling;

namespace Tandem.Simulator.Nodes;

/// <summary>One life of a node: its connection, its live tables and who listens to them. A restart begins another life on the same disk.</summary>
internal sealed class Node
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Subscriber> _subscribers = [];
    private readonly List<ChangeListener> _listeners = [];
    private readonly World _world;

    private Node(World world, NodeOptions options, ReadFloor floor)
    {
        (_world, Options, Floor) = (world, options, floor);
        Link = new Link(world.Schedule, options.Name) { Loss = world.Loss };
        Database = new RemoteDatabase(Link, world.Source, world.Schedule, world.Time);
    }

    public NodeOptions Options { get; }

    public ReadFloor Floor { get; }

    public Link Link { get; }

    public RemoteDatabase Database { get; }

    public LiveTable Items { get; private set; } = null!;

    public LiveTable Parts { get; private set; } = null!;

    /// <summary>Edits that stay open as long as the node lives.</summary>
    public List<RecordEdit> Edits { get; } = [];

    public bool IsOver { get; private set; }

    public CancellationToken Stopping => _stop.Token;

    /// <summary>Starts a life; null when the source could not be reached.</summary>
    public static async Task<Node?> StartAsync(World world, NodeOptions options, ReadFloor floor, Disk disk, Action<Node> begun)
    {
        var node = new Node(world, options, floor);
        begun(node);
        try
        {
            node.Items = await LiveTable.OpenAsync(node.Database.Find(Shop.Items)!, options.ForItems(disk, world.Time), node._stop.Token);
            node.Parts = await LiveTable.OpenAsync(node.Database.Find(Shop.Parts)!, options.ForParts(world.Time), node._stop.Token);
        }
        catch (Exception e) when (e is IOException or CursorExpiredException || node.IsOver)
        {
            await node.EndAsync();
            return null;
        }

        node.Items.Faulted += node.Heard;
        node.Parts.Faulted += node.Heard;
        node.Items.Reconciled += r => world.History.Note($"  {options.Name} compared {r.Compared}, {r.Differences} differed");
        node.Listen();
        return node;
    }

    /// <summary>The process dies: nothing it waits for comes.</summary>
    public async Task CrashAsync()
    {
        IsOver = true;
        Link.Cut();
        await EndAsync();
    }

    public async Task EndAsync()
    {
        IsOver = true;
        await _stop.CancelAsync();
        Edits.ForEach(e => e.Dispose());
        foreach (var table in new[] { Items, Parts })
        {
            if (table is not null)
            {
                await table.DisposeAsync();
            }
        }
    }

    public async Task CheckAsync()
    {
        _listeners.ForEach(l => l.Check());
        // An edit that was opened over a queued write is not told when that write is refused.
        foreach (var edit in Options.HasQueue ? [] : Edits)
        {
            await EditChecks.FollowsAsync(edit, _world.Source);
        }

        foreach (var subscriber in _subscribers)
        {
            await subscriber.CheckAsync();
        }

        foreach (var table in new[] { Items, Parts })
        {
            var source = _world.Source.Table(table.Schema.Name);
            await foreach (var batch in source.ScanAsync())
            {
                foreach (var record in batch)
                {
                    var read = table.GetAsync(record.Key);
                    var own = read.IsCompleted ? await read : record;
                    BrokenInvariantException.Unless(own is not null && own.DifferencesTo(record).IsEmpty, "every copy equals the source after quiet", $"{Options.Name} {table.Schema.Name} {record.Key}");
                }
            }

            BrokenInvariantException.Unless(table.Options.Mode == LiveTableMode.Bounded || table.Count == await source.CountAsync(Querying.Filter.All), "every copy equals the source after quiet", $"{Options.Name} holds {table.Count}");
        }
    }

    private void Listen()
    {
        foreach (var (table, query) in Queries.Draw(_world.Schedule, this))
        {
            var subscriber = new Subscriber($"{Options.Name}.view{_subscribers.Count}", table, query, _world.Source, _world.Schedule, !(Options.HasQueue && table == Items));
            _subscribers.Add(subscriber);
            _world.Run(this, () => subscriber.FollowAsync(_stop.Token));
        }

        foreach (var table in new[] { Items, Parts })
        {
            var listener = new ChangeListener($"{Options.Name}.{table.Schema.Name}", table, _world.Source);
            _listeners.Add(listener);
            _world.Run(this, () => listener.FollowAsync(_stop.Token));
        }
    }

    /// <summary>A fault of the world's making is expected; any other is one of the product's own.</summary>
    private void Heard(Exception fault)
    {
        if (fault is not (IOException or CursorExpiredException or OperationCanceledException))
        {
            _world.Fail(fault as BrokenInvariantException ?? new BrokenInvariantException($"only the world's faults are heard: {Options.Name} heard {fault}"));
        }
    }
}
