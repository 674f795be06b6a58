using Tandem.Records;

namespace Tandem.Tables;

/// <summary>Puts the writes of a batch into an order in which every temporary key is known before it is used.</summary>
internal static class BatchPlan
{
    public const int Limit = 10_000;

    /// <summary>The writes' positions in steps: those of a step depend on earlier steps alone.</summary>
    /// <exception cref="ArgumentException">There are too many writes, or two of one id, or a temporary key that no insert brings, or inserts that wait for each other.</exception>
    public static IReadOnlyList<IReadOnlyList<int>> Steps(IReadOnlyList<Write> writes)
    {
        if (writes.Count > Limit)
        {
            throw new ArgumentException($"A batch holds at most {Limit} writes, but {writes.Count} came. Send several batches.", nameof(writes));
        }

        if (writes.Select(w => w.Id).OfType<Guid>().GroupBy(id => id).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"The id {twice.Key} names two writes of the batch. Give each write an id of its own.", nameof(writes));
        }

        var brought = new HashSet<TemporaryKey>(writes.OfType<Write.Insert>().Select(i => i.Temporary).OfType<TemporaryKey>());
        List<IReadOnlyList<int>> steps = [];
        HashSet<TemporaryKey> known = [];
        List<int> left = [.. Enumerable.Range(0, writes.Count)];
        while (left.Count > 0)
        {
            List<int> step = [];
            List<int> later = [];
            foreach (var i in left)
            {
                // What waits holds back nothing else: only keys decide the order, and who writes a record twice says so in two batches.
                (Used(writes[i]).All(known.Contains) ? step : later).Add(i);
            }

            if (step.Count == 0)
            {
                var stuck = Used(writes[later[0]]).First(k => !known.Contains(k));
                throw new ArgumentException(brought.Contains(stuck)
                    ? "New records refer to each other in a circle. Save one of them first."
                    : "A write refers to a new record that is not part of the batch. Save that one first, or with it.", nameof(writes));
            }

            known.UnionWith(step.Select(i => (writes[i] as Write.Insert)?.Temporary).OfType<TemporaryKey>());
            steps.Add(step);
            left = later;
        }

        return steps;
    }

    /// <summary>A write with real keys in place of temporary ones; null when one is of a record that was refused.</summary>
    public static Write? Resolve(Write write, IReadOnlyDictionary<TemporaryKey, object?> real)
    {
        if (!Used(write).Any())
        {
            return write;
        }

        if (!Used(write).All(real.ContainsKey))
        {
            return null;
        }

        return write switch
        {
            Write.Insert insert => insert with { Values = Real(insert.Values, real) },
            Write.Update update => update with { Key = Real(update.Key, real), Set = Real(update.Set, real), Guard = update.Guard with { Base = Real(update.Guard.Base, real) } },
            Write.Delete delete => delete with { Key = Real(delete.Key, real), Guard = delete.Guard with { Base = Real(delete.Guard.Base, real) } },
            _ => write,
        };
    }

    /// <summary>What becomes of a write that refers to a record that was refused.</summary>
    public static WriteResult Orphaned { get; } = new WriteResult.Rejected([new FieldError("", "It belongs to a new record that could not be stored. Mend that one first.")]);

    /// <summary>The temporary keys a write refers to.</summary>
    public static IEnumerable<TemporaryKey> Used(Write write) => (write switch
    {
        Write.Insert insert => insert.Values.Values,
        Write.Update update => [.. update.Key.Values, .. update.Set.Values, .. update.Guard.Base.Values],
        Write.Delete delete => [.. delete.Key.Values, .. delete.Guard.Base.Values],
        _ => [],
    }).OfType<TemporaryKey>();

    private static Patch Real(Patch patch, IReadOnlyDictionary<TemporaryKey, object?> real) =>
        patch.Values.Any(v => v is TemporaryKey) ? new(patch.Select(p => KeyValuePair.Create(p.Key, Real(p.Value, real)))) : patch;

    private static RecordKey Real(RecordKey key, IReadOnlyDictionary<TemporaryKey, object?> real) => new([.. key.Values.Select(v => Real(v, real))]);

    private static object? Real(object? value, IReadOnlyDictionary<TemporaryKey, object?> real) => value is TemporaryKey temporary ? real[temporary] : value;
}
