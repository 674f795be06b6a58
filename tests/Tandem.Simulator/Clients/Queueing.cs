using Tandem.Records;
using Tandem.Simulator.Checking;
using Tandem.Tables;

namespace Tandem.Simulator.Clients;

/// <summary>Writes that count once they are kept, whatever becomes of the node.</summary>
internal static class Queueing
{
    public static async Task RunAsync(Client client)
    {
        var facts = client.Actor("q", isBlind: true);
        var key = client.AnyItem();
        var isNew = client.Schedule.Chance(30);
        List<string> kept = [];
        client.World.Promises.Add(new Promise(facts, isNew ? key = new RecordKey(-client.World.NextNumber()) : key, kept));
        for (var i = client.Schedule.Random.Next(1, 4); i > 0; i--)
        {
            var text = client.Text($"n{client.Schedule.Random.Next(1, 4)}");
            var by = new WriteContext(facts.Actor);
            Write write = isNew && kept.Count == 0
                ? new Write.Insert(new Patch([new("id", key.Values[0]), new("name", client.Text()), new("note", text)]), by)
                : new Write.Update(key, Patch.Of("note", text), Guard.None, by);
            await client.Node.Items.QueueAsync(write, client.Node.Stopping);
            kept.Add(text);
            client.Note($"queued {text} for {key}");
            var visible = await client.Node.Items.GetAsync(key, client.Node.Stopping);
            client.Note($"reads {visible?["note"]}");
            if (client.Schedule.Chance(50))
            {
                await client.ThinkAsync();
            }
        }
    }
}

/// <summary>Writes to one record that were kept in this order.</summary>
internal sealed record Promise(Facts Facts, RecordKey Key, List<string> Kept)
{
    /// <summary>After quiet: each was done once, in order, unless the record was deleted.</summary>
    public void Check(IReadOnlyList<Changes.Change> journal)
    {
        List<object?> done = [.. Facts.Done.Select(c => c.After.GetValueOrDefault("note"))];
        var isDeleted = journal.Any(c => c.Kind == Changes.ChangeKind.Delete && c.Key.Equals(Key));
        BrokenInvariantException.Unless(
            done.SequenceEqual(Kept) || (isDeleted && done.Count < Kept.Count && done.SequenceEqual(Kept.Take(done.Count))) || IsOneMore(done),
            "what was queued is done once and in order",
            $"{Facts.Actor} queued [{string.Join(' ', Kept)}] for {Key}, but [{string.Join(' ', done)}] was done");
    }

    /// <summary>A node may die after a write was kept and before it said so.</summary>
    private bool IsOneMore(List<object?> done) => done.Count == Kept.Count + 1 && done.Take(Kept.Count).SequenceEqual(Kept);
}
