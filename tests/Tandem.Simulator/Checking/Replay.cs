using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Simulator.Checking;

/// <summary>The records of a table at a place in the journal, found by playing it from the start. It only goes forward.</summary>
internal sealed class Replay(TableSchema schema, IReadOnlyList<Change> journal)
{
    private readonly Dictionary<RecordKey, Record> _records = [];
    private int _next;

    public IEnumerable<Record> Records => _records.Values;

    public long At { get; private set; }

    public void To(long sequence)
    {
        for (At = sequence; _next < journal.Count && journal[_next].Sequence <= sequence; _next++)
        {
            var change = journal[_next];
            if (change.Table != schema.Name)
            {
                continue;
            }

            if (change.Kind == ChangeKind.Delete)
            {
                _records.Remove(change.Key);
            }
            else
            {
                _records[change.Key] = _records.TryGetValue(change.Key, out var before)
                    ? before.With(change.After)
                    : new Record(schema, [.. schema.Fields.Select(f => change.After.GetValueOrDefault(f.Name))]);
            }
        }
    }
}
