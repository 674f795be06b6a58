using Tandem.Editing;
using Tandem.Simulator.Checking;

namespace Tandem.Simulator.Clients;

/// <summary>A new item with its parts, and another's shelf, saved together: all or none.</summary>
internal static class Units
{
    public static async Task RunAsync(Client client)
    {
        var facts = client.Actor("u");
        var unit = new UnitOfWork(client.Node.Database, facts.Actor, new UnitOfWorkOptions { Clock = client.World.Time, Patience = TimeSpan.FromMilliseconds(200) });
        var options = EditSession.Options(client);
        var item = unit.New(client.Node.Items, options);
        item.Set("name", client.Text());
        List<RecordEdit> edits = [item];
        for (var i = client.Schedule.Random.Next(1, 3); i > 0; i--)
        {
            var part = unit.New(client.Node.Parts, EditSession.Options(client, counts: false));
            part.Set("name", client.Text());
            part.Set("item", item.Key.Values[0]);
            edits.Add(part);
        }

        if (await client.Node.Items.EditAsync(client.AnyItem(), facts.Actor, client.Node.Database, options, client.Node.Stopping) is { } other)
        {
            facts.Saw(other.Key, "name", other["name"]);
            other.Set("name", client.Text());
            edits.Add(unit.Add(other));
        }

        client.World.Units.Add((facts, edits.Count));
        try
        {
            await SaveAsync(client, unit, facts, edits);
        }
        finally
        {
            edits.ForEach(e => client.World.Leave(e, client.Node, facts));
        }
    }

    private static async Task SaveAsync(Client client, UnitOfWork unit, Facts facts, List<RecordEdit> edits)
    {
        for (var attempt = 0; attempt < 5; attempt++)
        {
            await client.ThinkAsync();
            UnitOfWorkResult result;
            try
            {
                result = await unit.SaveAsync(client.Node.Stopping);
            }
            catch (IOException)
            {
                // The journal could not be asked what became of an earlier attempt.
                continue;
            }

            client.Note($"saves unit {facts.Actor}: {(result.IsSaved ? "saved" : $"{result.Conflicts.Count} conflicts, {result.Failure?.Cause.Message}")}");
            if (result.IsSaved)
            {
                BrokenInvariantException.Unless(facts.Done.Count == edits.Count, "an acknowledged unit is stored once", $"{facts.Actor} stored {facts.Done.Count} of {edits.Count}");
                return;
            }

            BrokenInvariantException.Unless(result.Failure is { Cause: IOException or Tandem.Tables.DatabaseUnavailableException } or null, "a save comes to what may be expected", $"{facts.Actor} came to {result.Failure?.Cause}");
            BrokenInvariantException.Unless(result.Failure is not null || facts.Done.Count == 0, "a unit is stored as a whole or not at all", facts.Actor);
            if (result.Entries.Any(e => e.Result is SaveResult.Gone))
            {
                return;
            }

            foreach (var (_, key, conflict) in result.Conflicts)
            {
                facts.Saw(key, conflict.Field, conflict.Theirs);
                edits[^1].Resolve(conflict.Field, Resolution.Merged(client.Text()));
            }
        }
    }
}
