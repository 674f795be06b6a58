using Tandem.Changes;
using Tandem.Querying;
using Tandem.Records;

namespace Tandem.Tables;

/// <content>Writing, and the journal.</content>
public sealed partial class MemoryDatabase
{
    private readonly Dictionary<Guid, Change> _byWrite = [];
    private readonly List<(MemoryTable Table, Change Change, Record? Before)> _open = [];

    public Task<BatchResult> WriteAllAsync(IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken = default) =>
        RunAsync(writes, false, cancellationToken);

    public Task<BatchResult> TryAllAsync(IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken = default) =>
        RunAsync(writes, true, cancellationToken);

    private Task<BatchResult> RunAsync(IReadOnlyList<TableWrite> writes, bool isTrial, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var steps = BatchPlan.Steps([.. writes.Select(w => w.Write)]);
        MemoryTable[] tables = [.. writes.Select(w => Find(w.Table) as MemoryTable ?? throw new ArgumentException($"There is no table '{w.Table}'.", nameof(writes)))];
        lock (_lock)
        {
            try
            {
                return Task.FromResult(WriteAll(tables, writes, steps, isTrial));
            }
            catch
            {
                // What was done before the fault would otherwise be seen, and journalled with the next batch.
                TakeBack();
                throw;
            }
        }
    }

    public Task<Change?> FindWriteAsync(Guid id, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            return Task.FromResult(_byWrite.GetValueOrDefault(id));
        }
    }

    public Task<long> TrimJournalAsync(JournalRetention retention, CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            var oldest = _clock.GetUtcNow() - retention.Age;
            var count = 0;
            while (count < _journal.Count && (_journal[count].At < oldest || _journal.Count - count > retention.Entries))
            {
                if (_journal[count].WriteId is { } id)
                {
                    _byWrite.Remove(id);
                }

                count++;
            }

            _journal.RemoveRange(0, count);
            _trimmed += count;
            return Task.FromResult((long)count);
        }
    }

    /// <summary>Notes a change of the transaction under way. Called under the lock.</summary>
    internal Change Journal(Write write, string table, RecordKey key, ChangeKind kind, Patch before, Patch after, Record? was)
    {
        var sequence = _trimmed + _journal.Count + _open.Count + 1;
        var change = new Change(CursorAt(sequence), sequence, _clock.GetUtcNow(), write.By.Actor, write.By.Operation, table, key, kind, before, after) { WriteId = write.Id };
        _open.Add(((MemoryTable)Find(table)!, change, was));
        return change;
    }

    private BatchResult WriteAll(MemoryTable[] tables, IReadOnlyList<TableWrite> writes, IReadOnlyList<IReadOnlyList<int>> steps, bool isTrial)
    {
        var results = new WriteResult[writes.Count];
        Dictionary<TemporaryKey, object?> real = [];
        foreach (var i in steps.SelectMany(s => s))
        {
            // After a refusal later writes are still tried, so that one answer names everything that stands in the way; then all is taken back.
            var write = BatchPlan.Resolve(Ruled.Clean(tables[i].Schema, writes[i].Write), real);
            results[i] = write is null ? BatchPlan.Orphaned : Once(tables[i], write);
            if (results[i] is WriteResult.Written { Stored: var stored } && write is Write.Insert { Temporary: { } temporary })
            {
                real[temporary] = stored.Key.Values[0];
            }
        }

        var isCommitted = !isTrial && results.All(r => r is WriteResult.Written);
        if (isCommitted)
        {
            Commit();
        }
        else
        {
            TakeBack();
        }

        var result = new BatchResult(isCommitted, results);
        return isTrial ? result.OfTrial() : result;
    }

    /// <summary>Does a write, unless a write of that id was done before.</summary>
    private WriteResult Once(MemoryTable table, Write write)
    {
        if (write.Id is { } id && _byWrite.TryGetValue(id, out var done))
        {
            return done.Kind == ChangeKind.Delete ? new WriteResult.Written(new Record(table.Schema, [.. table.Schema.Fields.Select(f => done.Before.GetValueOrDefault(f.Name))]), done) { IsRepeated = true }
                : table.Find(done.Key) is { } stored ? new WriteResult.Written(stored, done) { IsRepeated = true }
                : new WriteResult.Missing();
        }

        return write.Fence is { } fence && !Holds(fence) ? new WriteResult.Fenced(fence.Resource) : Permitted(table, write);
    }

    /// <summary>Does a write if its permit allows it. What is refused after it was done is taken back with the batch.</summary>
    private static WriteResult Permitted(MemoryTable table, Write write)
    {
        if (Permits.Before(write) is { } before && MemoryTable.KeyOf(write) is { } key && table.Find(key) is { } current && !FilterEvaluator.Holds(before, current))
        {
            return new WriteResult.Missing();
        }

        var result = table.Apply(write);
        return result is WriteResult.Written { Stored: var stored } && Permits.After(table.Schema, write, changesItself: false) is { } after && !FilterEvaluator.Holds(after, stored)
            ? Permits.Refused(write)
            : result;
    }

    private bool Holds(Fence fence) => FindSystem(SystemTables.LeasesName) is MemoryTable leases
        && leases.Find(new RecordKey(fence.Resource)) is { } lease && Values.Same(lease["token"], fence.Token);

    /// <summary>Appends the transaction's changes; readers are woken by continuations that run elsewhere.</summary>
    private void Commit()
    {
        if (_open.Count == 0)
        {
            return;
        }

        Change[] changes = [.. _open.Select(o => o.Change)];
        _open.Clear();
        _journal.AddRange(changes);
        foreach (var change in changes.Where(c => c.WriteId is not null))
        {
            _byWrite[change.WriteId!.Value] = change;
        }

        _buffer.Append(changes[^1].Cursor, changes);
    }

    private void TakeBack()
    {
        foreach (var (table, change, before) in Enumerable.Reverse(_open))
        {
            table.Restore(change.Key, before);
        }

        _open.Clear();
    }
}
