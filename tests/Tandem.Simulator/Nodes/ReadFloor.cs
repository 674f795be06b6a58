using Tandem.Records;
using Tandem.Simulator.Network;

namespace Tandem.Simulator.Nodes;

/// <summary>How new the records are that somebody read on a node: later reads there are never older.</summary>
internal sealed class ReadFloor(string node, Source source)
{
    private readonly Dictionary<RecordKey, long> _revs = [];

    /// <summary>What was known when a read began.</summary>
    public long Of(RecordKey key) => _revs.GetValueOrDefault(key);

    public void Raise(RecordKey key, Record? record)
    {
        if (record?["rev"] is long rev)
        {
            _revs[key] = Math.Max(Of(key), rev);
        }
    }

    /// <summary>Checks what a read brought against what was known when it began.</summary>
    /// <param name="key">The record.</param>
    /// <param name="floor">What was known.</param>
    /// <param name="record">What came.</param>
    /// <param name="mayBeGone">Whether somebody here asked for its deletion.</param>
    public void Check(RecordKey key, long floor, Record? record, bool mayBeGone)
    {
        if (record is null)
        {
            BrokenInvariantException.Unless(
                floor == 0 || mayBeGone || source.Journal.Exists(c => c.Kind == Changes.ChangeKind.Delete && c.Key.Equals(key)), "reads never go back", $"{node} knew {key} at {floor}, then nothing of it");
            return;
        }

        // A record that is queued and not stored yet has no number.
        BrokenInvariantException.Unless(record["rev"] is not long rev || rev >= floor, "reads never go back", $"{node} knew {key} at {floor}, then read {record["rev"]}");
        Raise(key, record);
    }
}
