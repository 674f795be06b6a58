using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Specification.Tables;

/// <summary>What a keyed table does, said as simply as it can be: a dictionary and the rule of guards.</summary>
public sealed class Model(TableSchema schema)
{
    /// <summary>What a write leads to.</summary>
    public enum Outcome
    {
        Written,
        Unchanged,
        Missing,
        Conflicted,
        Rejected,
    }

    public Dictionary<RecordKey, Record> Records { get; private init; } = [];

    /// <summary>How many changes there were.</summary>
    public int Written { get; private set; }

    public Model Copy() => new(schema) { Records = new(Records), Written = Written };

    public bool Same(RecordKey key, Record? record) =>
        Records.TryGetValue(key, out var known) ? record is not null && known.DifferencesTo(record).IsEmpty : record is null;

    public HashSet<RecordKey> Where(Filter filter) => [.. Records.Values.Where(r => FilterEvaluator.Holds(filter, r)).Select(r => r.Key)];

    public Outcome Apply(Write write)
    {
        var outcome = write switch
        {
            Write.Insert insert => Insert(insert),
            Write.Update update => Update(update),
            Write.Delete delete => Delete(delete),
            _ => throw new ArgumentException("Unknown write.", nameof(write)),
        };
        Written += outcome == Outcome.Written ? 1 : 0;
        return outcome;
    }

    private Outcome Insert(Write.Insert insert)
    {
        var record = new Record(schema, [.. schema.Fields.Select(f => insert.Values.GetValueOrDefault(f.Name))]);
        return Records.TryAdd(record.Key, record) ? Outcome.Written : Outcome.Rejected;
    }

    private Outcome Update(Write.Update update)
    {
        if (!Records.TryGetValue(update.Key, out var record))
        {
            return Outcome.Missing;
        }

        if (!Holds(update.Guard, record, update.Set))
        {
            return Outcome.Conflicted;
        }

        var after = record.With(update.Set);
        if (record.DifferencesTo(after).IsEmpty)
        {
            return Outcome.Unchanged;
        }

        Records[update.Key] = after;
        return Outcome.Written;
    }

    private Outcome Delete(Write.Delete delete)
    {
        if (!Records.TryGetValue(delete.Key, out var record))
        {
            return Outcome.Missing;
        }

        return !Holds(delete.Guard, record, Patch.Empty) ? Outcome.Conflicted : Records.Remove(delete.Key) ? Outcome.Written : Outcome.Missing;
    }

    private bool Holds(Guard guard, Record record, Patch set) => guard.Base.All(b =>
        Values.Same(schema[b.Key], record[b.Key], b.Value)
        || (guard.AllowSettled && set.TryGetValue(b.Key, out var mine) && Values.Same(schema[b.Key], record[b.Key], mine)));
}
