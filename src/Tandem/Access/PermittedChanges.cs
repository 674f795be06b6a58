using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Access;

/// <summary>What a user may hear of changes: those of records that may be seen, with the fields that may be seen.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>a field that may not be seen</term><description>is left out; a change of such fields alone is not told at all</description></item>
/// <item><term>the record comes into sight</term><description>followed live: told as an insert of all that may be seen</description></item>
/// <item><term>the record goes out of sight</term><description>followed live: told as a deletion; what it holds now is not told</description></item>
/// <item><term>the record is gone</term><description>told if it could be seen last, also where another has its key now</description></item>
/// <item><term>history</term><description>told of records that may be seen now, and of those gone that could be seen last</description></item>
/// </list>
/// </remarks>
/// <param name="tables">A table as the user may use it, or null when the user may not look at it.</param>
internal sealed class PermittedChanges(Func<string, PermittedTable?> tables)
{
    private const int KeysPerRead = 1_000;

    /// <summary>What a user hears who follows changes as they come.</summary>
    public Task<IReadOnlyList<Change>> SeenAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken) => SeenAsync(changes, Live, cancellationToken);

    /// <summary>What a user may read of what happened.</summary>
    public Task<IReadOnlyList<Change>> HistoryAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken) => SeenAsync(changes, Past, cancellationToken);

    /// <summary>The change without fields that the schema does not have; null when nothing is left to tell.</summary>
    public static Change? Masked(Change change, TableSchema schema)
    {
        if (change.Kind == ChangeKind.Reset || (change.After.Keys.All(f => schema.Find(f) is not null) && change.Before.Keys.All(f => schema.Find(f) is not null)))
        {
            return change;
        }

        var masked = change with { Before = Shown(change.Before, schema), After = Shown(change.After, schema) };
        return change.Kind == ChangeKind.Update && masked.After.IsEmpty ? null : masked;
    }

    private async Task<IReadOnlyList<Change>> SeenAsync(IReadOnlyList<Change> changes, Func<PermittedTable, Change, Record?, Change?> told, CancellationToken cancellationToken)
    {
        List<Change> seen = [];
        var now = await NowAsync(changes, cancellationToken).ConfigureAwait(false);
        var ends = Ends(changes, now);
        foreach (var change in changes)
        {
            if (tables(change.Table) is not { } table)
            {
                continue;
            }

            var isOpen = table.Visible.Filter is Filter.AllFilter || change.Kind == ChangeKind.Reset;
            var heard = isOpen ? change : told(table, change, now.GetValueOrDefault((change.Table, change.Key, LifeOf(change, ends))));
            if (heard is not null && Masked(heard, table.Schema) is { } masked)
            {
                seen.Add(masked);
            }
        }

        return seen;
    }

    private static Change? Live(PermittedTable table, Change change, Record? now)
    {
        if (change.Kind != ChangeKind.Update || now is null)
        {
            return Past(table, change, now);
        }

        var could = FilterEvaluator.Holds(table.Visible.Filter, now.With(change.Before));
        return (could, FilterEvaluator.Holds(table.Visible.Filter, now)) switch
        {
            (true, true) => change,
            (false, true) => change with { Kind = ChangeKind.Insert, Before = Patch.Empty, After = now.ToPatch() },
            (true, false) => change with { Kind = ChangeKind.Delete, Before = now.With(change.Before).ToPatch(), After = Patch.Empty },
            _ => null,
        };
    }

    private static Change? Past(PermittedTable table, Change change, Record? now)
    {
        return now is not null && FilterEvaluator.Holds(table.Visible.Filter, now) ? change : null;
    }

    /// <summary>Which life of a key's records a change belongs to, by the sequence of its end; the present one has none.</summary>
    private static long LifeOf(Change change, Dictionary<(string, RecordKey), List<long>> ends) =>
        ends.TryGetValue((change.Table, change.Key), out var all) ? all.Where(e => e >= change.Sequence).DefaultIfEmpty(long.MaxValue).Min() : long.MaxValue;

    /// <summary>A key may name another record than it once did: what the one that is gone held last decides about its changes, not what is there now.</summary>
    private Dictionary<(string, RecordKey), List<long>> Ends(IReadOnlyList<Change> changes, Dictionary<(string, RecordKey, long), Record> now)
    {
        Dictionary<(string, RecordKey), List<long>> ends = [];
        foreach (var end in changes.Where(c => c.Kind == ChangeKind.Delete && tables(c.Table) is { Visible.Filter: not Filter.AllFilter }))
        {
            var schema = tables(end.Table)!.Inner.Schema;
            (ends.TryGetValue((end.Table, end.Key), out var all) ? all : ends[(end.Table, end.Key)] = []).Add(end.Sequence);
            now[(end.Table, end.Key, end.Sequence)] = new Record(schema, [.. schema.Fields.Select(f => end.Before.GetValueOrDefault(f.Name))]);
        }

        return ends;
    }

    private static Patch Shown(Patch patch, TableSchema schema) => new(patch.Where(p => schema.Find(p.Key) is not null));

    /// <summary>The records as they are now, whole, where the rights depend on them.</summary>
    private async Task<Dictionary<(string, RecordKey, long), Record>> NowAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken)
    {
        Dictionary<(string, RecordKey, long), Record> now = [];
        foreach (var group in changes.Where(c => c.Kind != ChangeKind.Reset).GroupBy(c => c.Table))
        {
            if (tables(group.Key) is { Visible.Filter: not Filter.AllFilter } table)
            {
                foreach (var keys in group.Select(c => c.Key).Distinct().Chunk(KeysPerRead))
                {
                    foreach (var record in await table.Inner.GetManyAsync(keys, null, cancellationToken).ConfigureAwait(false))
                    {
                        now[(group.Key, record.Key, long.MaxValue)] = record;
                    }
                }
            }
        }

        return now;
    }
}
