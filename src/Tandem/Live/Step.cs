using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Live;

/// <summary>What one step along the source's changes did to records: the net effect per record, between two cursors.</summary>
/// <param name="schema">The table's schema.</param>
/// <param name="number">The step's number.</param>
/// <param name="needed">The fields that somebody who listens since before the step must be told; null for all.</param>
internal sealed class Step(TableSchema schema, long number, IReadOnlyList<string>? needed)
{
    private readonly Dictionary<RecordKey, NetChange> _net = [];

    public long Number => number;

    public Cursor Cursor { get; set; }

    /// <summary>The changes one by one, as subscribers of changes get them.</summary>
    public List<Change> Changes { get; } = [];

    /// <summary>Changes whose records are not confirmed before the step ends.</summary>
    public List<Change> Late { get; } = [];

    /// <summary>Whether more changed than is listed, so that everything shown must be read again.</summary>
    public bool IsReset { get; set; }

    public IReadOnlyCollection<NetChange> Net => _net.Values;

    public bool IsEmpty => _net.Count == 0 && !IsReset;

    /// <summary>Whether a record carries all that anybody is told.</summary>
    public bool Tells(Record record) => record.Schema.Fields.Count == schema.Fields.Count || needed?.All(f => record.Schema.Ordinal(f) >= 0) == true;

    /// <summary>The fields to read records with.</summary>
    public IReadOnlyList<string>? Needed => needed;

    /// <summary>Adds what a change did.</summary>
    /// <param name="change">The change.</param>
    /// <param name="before">The record before, as held; null when it was not held or there was none.</param>
    /// <param name="after">The record after; null when it is gone.</param>
    public void Add(Change change, Record? before, Record? after)
    {
        var (known, isKnown) = before is not null || change.Kind == ChangeKind.Insert ? (before, true) : Told(change, after);
        Add(change.Key, known, isKnown, after, change.Actor == Actors.Elsewhere);
    }

    /// <summary>Adds a difference that was found by reading.</summary>
    public void Add(RecordKey key, Record? before, bool isBeforeKnown, Record? after, bool isElsewhere) =>
        _net[key] = _net.TryGetValue(key, out var earlier)
            ? earlier with { After = after, IsElsewhere = earlier.IsElsewhere || isElsewhere }
            : new NetChange(key, before, isBeforeKnown, after, isElsewhere);

    /// <summary>Whether the step tells of a record already, so that whatever else happens to it in the step matters too.</summary>
    public bool Concerns(RecordKey key) => _net.ContainsKey(key);

    /// <summary>Takes over what a step did that broke off before it was told.</summary>
    public void Carry(Step broken)
    {
        foreach (var net in broken.Net)
        {
            _net.TryAdd(net.Key, net);
        }
    }

    /// <summary>The record before a change that was not held: a change made through Tandem tells all that differed.</summary>
    private (Record? Before, bool IsKnown) Told(Change change, Record? after)
    {
        if (change.Actor == Actors.Elsewhere)
        {
            return (null, false);
        }

        if (change.Kind == ChangeKind.Delete)
        {
            return schema.Fields.All(f => change.Before.ContainsKey(f.Name))
                ? (new Record(schema, [.. schema.Fields.Select(f => change.Before[f.Name])]), true)
                : (null, false);
        }

        return after is null || change.Before.IsEmpty ? (null, false) : (after.With(change.Before), true);
    }
}

/// <summary>What a step did to one record.</summary>
/// <param name="Key">The record.</param>
/// <param name="Before">As it was, or null when there was none or it is not known.</param>
/// <param name="IsBeforeKnown">Whether <paramref name="Before"/> tells how it was.</param>
/// <param name="After">As it is, or null when it is gone.</param>
/// <param name="IsElsewhere">Whether another program did it: then what was counted lately may have seen it before this told it.</param>
internal sealed record NetChange(RecordKey Key, Record? Before, bool IsBeforeKnown, Record? After, bool IsElsewhere);
