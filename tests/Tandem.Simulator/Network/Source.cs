using System.Globalization;
using Tandem.Changes;
using Tandem.Records;
using Tandem.Simulator.Checking;
using Tandem.Simulator.Scheduling;
using Tandem.Tables;

namespace Tandem.Simulator.Network;

/// <summary>The one database of a world, what it ever committed, and what must hold of every write the moment it is made.</summary>
internal sealed class Source
{
    private readonly History _history;
    private readonly Dictionary<string, Facts> _facts = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Patch> _wholes = [];
    private readonly Dictionary<Guid, Change> _byWrite = [];
    private readonly HashSet<Guid> _open = [];

    public Source(VirtualTime time, History history)
    {
        _history = history;
        Database = new MemoryDatabase(time);
        Tables = [Database.Add(Shop.ItemSchema), Database.Add(Shop.PartSchema)];
    }

    public event Action? Committed;

    public MemoryDatabase Database { get; }

    public IReadOnlyList<ITable> Tables { get; }

    /// <summary>Every change there ever was, trimmed or not.</summary>
    public List<Change> Journal { get; } = [];

    public IReadOnlyCollection<Facts> Facts => _facts.Values;

    public Cursor Current => Database.Current;

    public static long SequenceOf(Cursor cursor) => long.Parse(cursor.Value, CultureInfo.InvariantCulture);

    public Facts Actor(string name, bool isBlind = false) => _facts[name] = new Facts(name) { IsBlind = isBlind };

    public ITable Table(string name) => Tables.First(t => t.Schema.Name == name);

    /// <summary>Writes for a node. What was sent and not answered is remembered, so that its entries are not trimmed.</summary>
    public async Task<BatchResult> WriteAsync(Link link, IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken)
    {
        Guid[] ids = [.. writes.Select(w => w.Write.Id).OfType<Guid>()];
        _open.UnionWith(ids);
        var answer = await link.CallAsync($"write {string.Join("; ", writes.Select(WriteText.Of))}", () => ExecuteAsync(writes), cancellationToken);
        _open.ExceptWith(ids);
        return answer;
    }

    public async Task<BatchResult> ExecuteAsync(IReadOnlyList<TableWrite> writes)
    {
        List<(Write Write, Expected? Expected, bool IsRepeated)> expected = [];
        foreach (var (table, write) in writes)
        {
            var key = write switch { Write.Update update => update.Key, Write.Delete delete => delete.Key, _ => null };
            var current = key is null || key.Values.Any(v => v is TemporaryKey) ? null : await Table(table).GetAsync(key, default);
            expected.Add((write, key is null ? null : Expected.Of(write, current), write.Id is { } id && _byWrite.ContainsKey(id)));
        }

        var answer = await Database.WriteAllAsync(writes, default);
        var fresh = await ((IJournalReader)Database).ReadAsync(Journal.Count == 0 ? new Cursor("0") : Journal[^1].Cursor, Database.Current, int.MaxValue, default);
        foreach (var ((write, outcome, isRepeated), result) in expected.Zip(answer.Results))
        {
            if (isRepeated)
            {
                BrokenInvariantException.Unless(fresh.All(c => c.WriteId != write.Id), "a write sent twice is done once", WriteText.Of(write));
            }
            else
            {
                outcome?.Check(write, result);
            }
        }

        foreach (var (write, result) in writes.Zip(answer.Results))
        {
            if (_facts.GetValueOrDefault(write.Write.By.Actor) is { } facts)
            {
                // Where both sides want the same, nobody need be asked.
                facts.Conflicts = result is WriteResult.Conflicted conflicted && write.Write is Write.Update { Set: var set }
                    ? [.. conflicted.Fields.Where(f => !Equals(conflicted.Current[f], set.GetValueOrDefault(f)))]
                    : null;
            }
        }

        BrokenInvariantException.Unless(answer.IsCommitted || fresh.Count == 0, "a batch is done as a whole or not at all", string.Join("; ", writes.Select(WriteText.Of)));
        await TakeInAsync(fresh);
        _history.Note($"  {string.Join("; ", answer.Results.Select(WriteText.Of))}{(answer.IsCommitted ? "" : ", nothing done")}");
        if (fresh.Count > 0)
        {
            Committed?.Invoke();
        }

        return answer;
    }

    /// <summary>The journal between two places, as nodes read it.</summary>
    public async Task<IReadOnlyList<Change>> ReadJournalAsync(Cursor after, Cursor upTo, int limit) =>
        [.. (await ((IJournalReader)Database).ReadAsync(after, upTo, limit, default)).Select(AsTold)];

    /// <summary>The journal from a place on; where that was trimmed, that it was.</summary>
    public async Task<(IReadOnlyList<Change> Changes, bool IsAll)> ReadOnAsync(Cursor after, int limit)
    {
        try
        {
            var changes = await ReadJournalAsync(after, Current, limit);
            return (changes, changes.Count < limit);
        }
        catch (CursorExpiredException)
        {
            return ([.. Tables.Select(t => new Change(Current, SequenceOf(Current), default, Actors.Elsewhere, null, t.Schema.Name, new RecordKey(), ChangeKind.Reset, Patch.Empty, Patch.Empty))], true);
        }
    }

    /// <summary>Lets go of old entries, but of none that somebody may still ask for by its write.</summary>
    public async Task TrimAsync(int keep)
    {
        var oldest = Journal.FirstOrDefault(c => c.WriteId is { } id && _open.Contains(id));
        var entries = Math.Max(keep, oldest is null ? 0 : Journal[^1].Sequence - oldest.Sequence + 1);
        _history.Note($"the journal keeps {entries}, {await Database.TrimJournalAsync(new JournalRetention { Entries = entries }, default)} went");
    }

    /// <summary>What another program wrote is told with the whole record after it, and nothing before.</summary>
    private Change AsTold(Change change) => change is { Actor: Actors.Elsewhere, Kind: ChangeKind.Update }
        ? change with { After = _wholes[change.Sequence], Before = change.Sequence % 2 == 0 ? Patch.Empty : change.Before }
        : change;

    private async Task TakeInAsync(IReadOnlyList<Change> fresh)
    {
        foreach (var change in fresh)
        {
            Journal.Add(change);
            if (change.WriteId is { } id)
            {
                BrokenInvariantException.Unless(_byWrite.TryAdd(id, change), "a write sent twice is done once", $"{change.Actor} wrote {change.Table} {change.Key} twice");
            }

            if (change.Kind == ChangeKind.Update)
            {
                _wholes[change.Sequence] = (await Table(change.Table).GetAsync(change.Key, default))!.ToPatch();
            }

            _facts.GetValueOrDefault(change.Actor)?.Committed(change);
        }
    }
}
