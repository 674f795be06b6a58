using Tandem.Changes;
using Tandem.Leases;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Editing;

/// <summary>Answers of a table in the words of a save, conflicts with who stored theirs and when.</summary>
internal static class SaveAnswers
{
    /// <summary>What became of a write, in the words of a save.</summary>
    public static async Task<SaveResult> ResultAsync(ITable table, Write write, WriteResult answer, CancellationToken cancellationToken) => answer switch
    {
        WriteResult.Written written => Stored(table.Schema, write, written),
        WriteResult.Conflicted conflicted => new SaveResult.Conflicted(await ExplainAsync(table, write, conflicted, cancellationToken).ConfigureAwait(false)),
        WriteResult.Rejected rejected => new SaveResult.Rejected(rejected.Errors),
        WriteResult.Fenced fenced => new SaveResult.Failed(new LeaseLostException(fenced.Resource), false),
        _ => new SaveResult.Gone(),
    };

    /// <summary>What a write that was done stored, and where that differs from what was sent.</summary>
    public static SaveResult Stored(TableSchema schema, Write write, WriteResult.Written written)
    {
        var (stored, sequence) = (written.Stored, written.Change?.Sequence ?? 0);
        var made = written.IsRepeated ? written.Change?.After : null;
        if (write is not Write.Update { Set: var set })
        {
            return write is Write.Insert ? new SaveResult.Created(stored.Key, stored) { Sequence = sequence, Made = made } : new SaveResult.Saved(stored) { Sequence = sequence, Made = made };
        }

        // A write that was found to be done already may have been followed by others'; what it stored itself is in its change.
        StoredDifference[] other = [.. set
            .Select(s => new StoredDifference(s.Key, s.Value, written.Change is { } change && change.After.TryGetValue(s.Key, out var after) ? after : stored[s.Key]))
            .Where(d => d.Sent is not TemporaryKey && schema.Find(d.Field) is { } field && !Values.Same(field, d.Sent, d.Stored))];
        return other.Length == 0 ? new SaveResult.Saved(stored) { Sequence = sequence, Made = made } : new SaveResult.PartlySaved(stored, other) { Sequence = sequence, Made = made };
    }

    /// <summary>Conflicts with who stored theirs and when.</summary>
    private static async Task<IReadOnlyList<Conflict>> ExplainAsync(ITable table, Write write, WriteResult.Conflicted conflicted, CancellationToken cancellationToken)
    {
        var (key, set, basis) = write switch
        {
            Write.Update update => (update.Key, update.Set, update.Guard.Base),
            Write.Delete delete => (delete.Key, Patch.Empty, delete.Guard.Base),
            _ => (conflicted.Current.Key, Patch.Empty, Patch.Empty),
        };
        // A version token that differs names no field; then every field that was to be written is in question.
        var fields = conflicted.Fields.Count > 0 ? conflicted.Fields : [.. set.Keys];
        var history = await HistoryAsync(table, key, cancellationToken).ConfigureAwait(false);
        return [.. fields.Select(field =>
        {
            var change = history.FirstOrDefault(c => c.Touches(field)) ?? (conflicted.Fields.Count == 0 ? history.FirstOrDefault() : null);
            if (change is not null && conflicted.Fields.Count > 0 && change.After.TryGetValue(field, out var after) && !Values.Same(table.Schema[field], after, conflicted.Current[field]))
            {
                // Another program's write may not be journalled yet; whoever wrote before it is not to blame for it.
                change = null;
            }

            var from = basis.GetValueOrDefault(field);
            return new Conflict(field, from, set.TryGetValue(field, out var mine) ? mine : from, conflicted.Current[field], change?.Actor, change?.At);
        })];
    }

    private static async Task<IReadOnlyList<Change>> HistoryAsync(ITable table, RecordKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await table.HistoryAsync(key, 50, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (PatientSender.LeavesOpen(e) && !cancellationToken.IsCancellationRequested)
        {
            // The conflict is known; by whom it is can be left open.
            return [];
        }
    }
}
