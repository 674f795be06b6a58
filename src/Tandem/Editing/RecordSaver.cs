using Tandem.Changes;
using Tandem.Leases;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Editing;

/// <summary>Saves what a person changed, guarded by what they started from. Forms, REST and programs all save through here. Safe from any thread.</summary>
public static class RecordSaver
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Stores the fields of a patch if each still holds its base value (or already the new one).</summary>
    /// <param name="database">Where the table lives; its journal tells what became of a save whose connection broke. May be null.</param>
    /// <param name="table">The table.</param>
    /// <param name="key">The record.</param>
    /// <param name="set">The new values.</param>
    /// <param name="basis">The values the person started from: at least one for every field of <paramref name="set"/>.</param>
    /// <param name="by">Who saves.</param>
    /// <param name="cancellationToken">Ends the wait; the outcome is then unknown.</param>
    public static async Task<SaveResult> SaveAsync(IDatabase? database, ITable table, RecordKey key, Patch set, Patch basis, WriteContext by, CancellationToken cancellationToken = default) =>
        await SendAsync(database, table, new Write.Update(key, set, new Guard(basis), by), cancellationToken).ConfigureAwait(false);

    /// <summary>Stores a new record.</summary>
    public static Task<SaveResult> CreateAsync(ITable table, Patch values, WriteContext by, CancellationToken cancellationToken = default) =>
        SendAsync(null, table, new Write.Insert(values, by), cancellationToken);

    /// <summary>Sends any write and says what became of it. A write with an id whose connection breaks is sent again for five seconds; without one it fails with an unknown outcome.</summary>
    public static async Task<SaveResult> SendAsync(IDatabase? database, ITable table, Write write, CancellationToken cancellationToken = default)
    {
        var (answer, fault) = await new PatientSender(TimeProvider.System, s_patience).SendAsync(database, table, write, cancellationToken).ConfigureAwait(false);
        return answer is null ? new SaveResult.Failed(fault!, true) : await ResultAsync(table, write, answer, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes back one change of the journal by its inverse, guarded by what the change stored.</summary>
    /// <param name="database">Where the table lives.</param>
    /// <param name="table">The table the change was made to.</param>
    /// <param name="change">The change.</param>
    /// <param name="by">Who takes it back.</param>
    /// <param name="cancellationToken">Ends the wait; the outcome is then unknown.</param>
    /// <returns>Saved (with the record as it was when its insert was taken back), created (a deletion was taken back), rejected where the change does not tell enough, or whatever else becomes of the write.</returns>
    public static async Task<SaveResult> RevertChangeAsync(IDatabase database, ITable table, Change change, WriteContext by, CancellationToken cancellationToken = default)
    {
        var inverse = Inverse.Of(table.Schema, change, by);
        return inverse.Write is { } write
            ? await SendAsync(database, table, write with { Id = Guid.CreateVersion7() }, cancellationToken).ConfigureAwait(false)
            : new SaveResult.Rejected([new FieldError("", inverse.Reason!)]);
    }

    /// <summary>What became of a write, in the words of a save.</summary>
    internal static async Task<SaveResult> ResultAsync(ITable table, Write write, WriteResult answer, CancellationToken cancellationToken) => answer switch
    {
        WriteResult.Written written => Stored(table.Schema, write, written),
        WriteResult.Conflicted conflicted => new SaveResult.Conflicted(await ExplainAsync(table, write, conflicted, cancellationToken).ConfigureAwait(false)),
        WriteResult.Rejected rejected => new SaveResult.Rejected(rejected.Errors),
        WriteResult.Fenced fenced => new SaveResult.Failed(new LeaseLostException(fenced.Resource), false),
        _ => new SaveResult.Gone(),
    };

    internal static SaveResult Stored(TableSchema schema, Write write, WriteResult.Written written)
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
    internal static async Task<IReadOnlyList<Conflict>> ExplainAsync(ITable table, Write write, WriteResult.Conflicted conflicted, CancellationToken cancellationToken)
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
