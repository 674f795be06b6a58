using Tandem.Editing;
using Tandem.Records;
using Tandem.Simulator.Checking;

namespace Tandem.Simulator.Clients;

/// <summary>Somebody edits a record: types, looks away, saves, settles conflicts, and tries again when the source did not answer.</summary>
internal sealed class EditSession(Client client, RecordEdit edit, Facts facts)
{
    private static readonly string[] s_texts = ["name", "note"];

    /// <summary>Texts typed and not yet acknowledged.</summary>
    private readonly Dictionary<string, string> _typed = [];

    /// <summary>What was added to the counter and not yet acknowledged.</summary>
    private long _adding;

    public static async Task RunAsync(Client client, bool isNew)
    {
        var facts = client.Actor("e");
        var options = Options(client);
        var table = client.Node.Items;
        var database = client.Schedule.Chance(80) ? client.Node.Database : null;
        if (isNew)
        {
            var created = table.New(facts.Actor, database, options);
            await new EditSession(client, created, facts).TypeAndSaveAsync();
            return;
        }

        var key = client.AnyItem();
        if (await table.EditAsync(key, facts.Actor, database, options, client.Node.Stopping) is { } edit)
        {
            client.Note($"edits {key} as {facts.Actor}");
            await new EditSession(client, edit, facts).TypeAndSaveAsync();
        }
    }

    public static RecordEditOptions Options(Client client, bool counts = true)
    {
        var options = new RecordEditOptions { Clock = client.World.Time, Patience = TimeSpan.FromMilliseconds(200), KeepsContext = false };
        if (counts)
        {
            options.Policies["count"] = FieldPolicy.Add;
        }

        return options;
    }

    private async Task TypeAndSaveAsync()
    {
        try
        {
            if (edit.IsNew)
            {
                Type("name");
            }

            for (var round = client.Schedule.Random.Next(1, 5); round > 0; round--)
            {
                for (var i = client.Schedule.Random.Next(1, 4); i > 0; i--)
                {
                    TypeSomething();
                    await client.ThinkAsync();
                }

                if (!await SaveAsync())
                {
                    break;
                }
            }
        }
        finally
        {
            client.World.Leave(edit, client.Node, facts);
        }
    }

    private void TypeSomething()
    {
        switch (client.Schedule.Random.Next(8))
        {
            case 0 when _typed.Count > 0 && !edit.IsNew:
                var field = client.Schedule.Pick(_typed.Keys.Order().ToList());
                edit.Revert(field);
                _typed.Remove(field);
                break;
            case 1 or 2 when !edit.IsNew:
                var by = client.Schedule.Random.Next(1, 4);
                edit.Update("count", c => (c as long? ?? 0) + by);
                _adding += by;
                break;
            case 3:
                Saw("shelf");
                edit.Set("shelf", (long)client.Schedule.Random.Next(4));
                facts.Typed("shelf", edit["shelf"]);
                break;
            default:
                Type(client.Schedule.Pick(s_texts));
                break;
        }
    }

    private void Type(string field)
    {
        Saw(field);
        edit.Set(field, _typed[field] = client.Text(field == "note" ? $"n{client.Schedule.Random.Next(1, 4)}" : "v"));
        facts.Typed(field, _typed[field]);
    }

    /// <summary>What somebody types over is what they saw; what they typed before hides what came since.</summary>
    private void Saw(string field)
    {
        if (!edit.IsNew && !edit.ModifiedFields.Contains(field))
        {
            facts.Saw(edit.Key, field, edit[field]);
        }
    }

    /// <returns>Whether the edit goes on.</returns>
    private async Task<bool> SaveAsync()
    {
        for (var attempt = 0; attempt < 6; attempt++)
        {
            facts.Unsure = _adding;
            facts.Conflicts = null;
            var saving = edit.SaveAsync(client.Node.Stopping);
            if (client.Schedule.Chance(20) && !edit.IsNew)
            {
                await client.ThinkAsync();
                Type("note");
            }

            var result = await saving;
            client.Note($"saves {facts.Actor}: {Text(result)}");
            switch (result)
            {
                case SaveResult.Saved or SaveResult.Created or SaveResult.PartlySaved:
                    Acknowledge(result);
                    return true;
                case SaveResult.Conflicted conflicted:
                    EditChecks.Conflicted(facts, edit, conflicted);
                    await client.ThinkAsync();
                    Resolve();
                    break;
                case SaveResult.Gone:
                    // A deletion that is queued here hides the record before it is made.
                    BrokenInvariantException.Unless(
                        client.World.AskedToDelete.Contains(edit.Key) || await client.Source.Table(Shop.Items).GetAsync(edit.Key) is null, "only what is gone is called gone", $"{facts.Actor} {edit.Key}");
                    return false;
                case SaveResult.Failed { Cause: IOException or Tandem.Tables.DatabaseUnavailableException }:
                    await client.ThinkAsync();
                    if (client.Schedule.Chance(30))
                    {
                        Type("name");
                    }

                    break;
                default:
                    throw new BrokenInvariantException($"a save comes to what may be expected: {facts.Actor} came to {result}");
            }
        }

        return false;
    }

    private void Acknowledge(SaveResult result)
    {
        BrokenInvariantException.Unless(result is not SaveResult.PartlySaved, "what nobody coerces is stored as sent", $"{facts.Actor} {result}");
        facts.Added += _adding;
        (facts.Unsure, _adding) = (0, 0);
        foreach (var (field, value) in _typed.Where(t => !edit.ModifiedFields.Contains(t.Key)).ToList())
        {
            facts.Acknowledged(Shop.Items, edit.Key, field, value);
            _typed.Remove(field);
        }

        client.Node.Floor.Raise(edit.Key, result is SaveResult.Saved saved ? saved.Stored : (result as SaveResult.Created)?.Stored);
    }

    private void Resolve()
    {
        foreach (var conflict in edit.Conflicts)
        {
            EditChecks.Listed(facts, conflict);
            facts.Saw(edit.Key, conflict.Field, conflict.Theirs);
            switch (client.Schedule.Random.Next(3))
            {
                case 0:
                    edit.Resolve(conflict.Field, Resolution.Mine);
                    break;
                case 1:
                    edit.Resolve(conflict.Field, Resolution.Theirs);
                    _typed.Remove(conflict.Field);
                    break;
                default:
                    object merged = conflict.Field == "shelf" ? (long)client.Schedule.Random.Next(4) : _typed[conflict.Field] = client.Text();
                    edit.Resolve(conflict.Field, Resolution.Merged(merged));
                    facts.Typed(conflict.Field, merged);
                    break;
            }
        }
    }

    private static string Text(SaveResult result) => result switch
    {
        SaveResult.Conflicted conflicted => "conflict in " + string.Join(", ", conflicted.Conflicts.Select(c => $"{c.Field} by {c.By}")),
        SaveResult.Failed failed => $"failed, {(failed.IsOutcomeUnknown ? "perhaps stored" : "not stored")}",
        _ => result.GetType().Name,
    };
}
