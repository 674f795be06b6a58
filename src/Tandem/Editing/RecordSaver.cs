using Tandem.Changes;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Editing;

/// <summary>Saves what a person changed, guarded by what they started from. Forms, REST and programs all save through here.</summary>
public static class RecordSaver
{
    /// <summary>Stores the fields of a patch if each still holds its base value (or already the new one).</summary>
    /// <param name="database">Where the table lives; its journal tells who made a conflicting change. May be null.</param>
    /// <param name="table">The table.</param>
    /// <param name="key">The record.</param>
    /// <param name="set">The new values.</param>
    /// <param name="basis">The values the person started from: at least one for every field of <paramref name="set"/>.</param>
    /// <param name="by">Who saves.</param>
    /// <param name="cancellationToken">Ends the wait; the outcome is then unknown.</param>
    public static async Task<SaveResult> SaveAsync(IDatabase? database, ITable table, RecordKey key, Patch set, Patch basis, WriteContext by, CancellationToken cancellationToken = default)
    {
        var result = await table.WriteAsync(new Write.Update(key, set, new Guard(basis), by), cancellationToken).ConfigureAwait(false);
        return result switch
        {
            WriteResult.Written written => StoredAsSent(table.Schema, set, written),
            WriteResult.Conflicted conflicted => new SaveResult.Conflicted(
                await ExplainAsync(database, table.Schema, key, set, basis, conflicted, cancellationToken).ConfigureAwait(false)),
            WriteResult.Rejected rejected => new SaveResult.Rejected(rejected.Errors),
            _ => new SaveResult.Gone(),
        };
    }

    /// <summary>Stores a new record.</summary>
    public static async Task<SaveResult> CreateAsync(ITable table, Patch values, WriteContext by, CancellationToken cancellationToken = default)
    {
        var result = await table.WriteAsync(new Write.Insert(values, by), cancellationToken).ConfigureAwait(false);
        return result switch
        {
            WriteResult.Written written => new SaveResult.Created(written.Stored.Key, written.Stored) { Sequence = written.Change?.Sequence ?? 0 },
            WriteResult.Rejected rejected => new SaveResult.Rejected(rejected.Errors),
            _ => new SaveResult.Gone(),
        };
    }

    private static SaveResult StoredAsSent(TableSchema schema, Patch set, WriteResult.Written written)
    {
        var (stored, sequence) = (written.Stored, written.Change?.Sequence ?? 0);
        string[] other = [.. set.Where(s => schema.Find(s.Key) is { } field && !Values.Same(field, s.Value, stored[s.Key])).Select(s => s.Key)];
        return other.Length == 0 ? new SaveResult.Saved(stored) { Sequence = sequence } : new SaveResult.PartlySaved(stored, other) { Sequence = sequence };
    }

    private static async Task<IReadOnlyList<Conflict>> ExplainAsync(
        IDatabase? database, TableSchema schema, RecordKey key, Patch set, Patch basis, WriteResult.Conflicted conflicted, CancellationToken cancellationToken)
    {
        IReadOnlyList<Change> history = database is null
            ? []
            : await database.HistoryAsync(schema.Name, key, 50, cancellationToken).ConfigureAwait(false);
        return [.. conflicted.Fields.Select(field =>
        {
            var change = history.FirstOrDefault(c => c.Touches(field));
            return new Conflict(
                field,
                basis.GetValueOrDefault(field),
                set.TryGetValue(field, out var mine) ? mine : basis.GetValueOrDefault(field),
                conflicted.Current[field],
                change?.Actor,
                change?.At);
        })];
    }
}
