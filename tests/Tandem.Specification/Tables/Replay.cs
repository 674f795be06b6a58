using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Specification.Tables;

/// <summary>Plays changes onto records, as a copy elsewhere would, to see whether the journal tells the whole story.</summary>
public static class Replay
{
    public static Dictionary<RecordKey, Record> Onto(TableSchema schema, IEnumerable<Record> start, IEnumerable<Change> changes)
    {
        var records = start.ToDictionary(r => r.Key);
        foreach (var change in changes.Where(c => c.Table == schema.Name))
        {
            switch (change.Kind)
            {
                case ChangeKind.Delete:
                    records.Remove(change.Key);
                    break;
                case ChangeKind.Reset:
                    Assert.Fail("A reset tells nothing to replay.");
                    break;
                default:
                    var known = records.GetValueOrDefault(change.Key) ?? new Record(schema, new object?[schema.Fields.Count]);
                    records[change.Key] = known.With(change.After);
                    break;
            }
        }

        return records;
    }

    public static void AssertEqual(IReadOnlyDictionary<RecordKey, Record> replayed, IReadOnlyList<Record> stored)
    {
        Assert.Equal(stored.Select(r => r.Key.ToString()).Order(StringComparer.Ordinal), replayed.Keys.Select(k => k.ToString()).Order(StringComparer.Ordinal));
        foreach (var record in stored)
        {
            var differences = record.DifferencesTo(replayed[record.Key]);
            Assert.True(differences.IsEmpty, $"{record} holds {string.Join(", ", differences.Keys.Select(f => $"{f}={record[f]}"))}, but the journal says {string.Join(", ", differences.Select(d => $"{d.Key}={d.Value}"))}");
        }
    }
}
