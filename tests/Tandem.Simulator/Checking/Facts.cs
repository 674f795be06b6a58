using Tandem.Changes;
using Tandem.Records;

namespace Tandem.Simulator.Checking;

/// <summary>What one person saw and was told: each edit, unit or queued write has an actor of its own, so that the journal tells whose change is whose.</summary>
internal sealed class Facts(string actor)
{
    private readonly HashSet<(RecordKey Key, string Field, string Value)> _seen = [];

    /// <summary>What they typed themselves, into a record that may have had no key yet.</summary>
    private readonly HashSet<(string Field, string Value)> _typed = [];

    public string Actor => actor;

    /// <summary>Whether this actor writes without a guard, and so without having seen anything.</summary>
    public bool IsBlind { get; init; }

    /// <summary>The changes the source committed for this actor.</summary>
    public List<Change> Done { get; } = [];

    /// <summary>What was added to the counter and acknowledged.</summary>
    public long Added { get; set; }

    /// <summary>What was added and sent, and may have been stored without an answer.</summary>
    public long Unsure { get; set; }

    /// <summary>The fields that stood in the way of the last write, as the source said; null when none did.</summary>
    public IReadOnlyList<string>? Conflicts { get; set; }

    public void Saw(RecordKey key, string field, object? value) => _seen.Add((key, field, ValueText.Plain(value)));

    public void Typed(string field, object? value) => _typed.Add((field, ValueText.Plain(value)));

    public bool HasSeen(RecordKey key, string field, object? value) => _seen.Contains((key, field, ValueText.Plain(value))) || _typed.Contains((field, ValueText.Plain(value)));

    /// <summary>A value was acknowledged as stored: the journal has it once.</summary>
    public void Acknowledged(string table, RecordKey key, string field, object? value)
    {
        var times = Done.Count(c => c.Table == table && c.Key.Equals(key) && c.After.TryGetValue(field, out var after) && Equals(after, value));
        BrokenInvariantException.Unless(times == 1, "an acknowledged save is stored once", $"{actor} stored {table} {key}.{field} = {value} {times} times");
    }

    /// <summary>A change of this actor was committed: what it replaced had been seen.</summary>
    public void Committed(Change change)
    {
        Done.Add(change);
        if (IsBlind || change.Kind != ChangeKind.Update)
        {
            return;
        }

        foreach (var (field, before) in change.Before.Where(b => b.Key is not ("count" or "rev")))
        {
            BrokenInvariantException.Unless(HasSeen(change.Key, field, before), "nothing is overwritten unseen", $"{actor} replaced {change.Table} {change.Key}.{field} = {before}, which they never saw");
        }
    }

    /// <summary>After quiet: what was added to the counter is what was acknowledged.</summary>
    public void CheckCounter()
    {
        var stored = Done.Where(c => c.Kind == ChangeKind.Update && c.After.ContainsKey("count")).Sum(c => (long)c.After["count"]! - (long)c.Before["count"]!);
        BrokenInvariantException.Unless(
            stored == Added || (Unsure != 0 && stored == Added + Unsure), "an acknowledged addition counts once", $"{actor} was told of {Added} and waits for {Unsure}, but {stored} was added");
    }
}
