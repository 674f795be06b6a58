using Tandem.Editing;
using Tandem.Records;
using Tandem.Simulator.Checking;
using Tandem.Simulator.Network;

namespace Tandem.Simulator.Clients;

/// <summary>What must hold of conflicts, and of edits that stay open.</summary>
internal static class EditChecks
{
    /// <summary>A refused save names each field that stood in its way, once, and beside these only what was typed while it was under way.</summary>
    public static void Conflicted(Facts facts, RecordEdit edit, SaveResult.Conflicted conflicted)
    {
        string[] listed = [.. conflicted.Conflicts.Select(c => c.Field).Order()];
        string[] broken = [.. (facts.Conflicts ?? []).Where(f => f != "count").Order()];
        BrokenInvariantException.Unless(
            listed.Length > 0 && listed.Distinct().Count() == listed.Length && listed.Except(["note"]).SequenceEqual(broken.Except(["note"])) && !broken.Except(listed).Any(), "every conflict is listed exactly once", $"{facts.Actor} {edit.Key}: [{string.Join(", ", listed)}] listed, [{string.Join(", ", broken)}] stood in the way");
        foreach (var conflict in conflicted.Conflicts)
        {
            Listed(facts, conflict);
        }
    }

    public static void Listed(Facts facts, Conflict conflict) => BrokenInvariantException.Unless(
        !Equals(conflict.Theirs, conflict.Base) && !Equals(conflict.Theirs, conflict.Mine), "a conflict is one", $"{facts.Actor}: {conflict}");

    /// <summary>After quiet: an edit that is still open shows the source's values wherever nobody typed.</summary>
    public static async Task FollowsAsync(RecordEdit edit, Source source)
    {
        if (edit.IsNew)
        {
            return;
        }

        var record = await source.Table(edit.Table.Schema.Name).GetAsync(edit.Key);
        BrokenInvariantException.Unless(edit.IsGone == record is null, "an edit knows whether its record is gone", $"{edit.Key}");
        var modified = edit.ModifiedFields;
        foreach (var field in edit.Table.Schema.Fields.Where(f => record is not null && !modified.Contains(f.Name)))
        {
            BrokenInvariantException.Unless(
                Values.Same(field, edit[field.Name], record![field.Name]), "an untouched field follows theirs", $"{edit.Key}.{field.Name} shows {edit[field.Name]}, not {record[field.Name]}");
        }

        foreach (var conflict in edit.Conflicts)
        {
            BrokenInvariantException.Unless(Equals(conflict.Theirs, record?[conflict.Field]) || record is null, "a conflict shows theirs", $"{edit.Key}: {conflict}, not {record?[conflict.Field]}");
        }

        BrokenInvariantException.Unless(edit.Conflicts.Select(c => c.Field).Distinct().Count() == edit.Conflicts.Count, "every conflict is listed exactly once", $"{edit.Key}");
    }
}
