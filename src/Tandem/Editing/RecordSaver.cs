using Tandem.Changes;
using Tandem.Records;
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
    /// <returns>What became of it. The write has no id: when the connection is lost, it fails with <see cref="SaveResult.Failed.IsOutcomeUnknown"/>. A <see cref="RecordEdit"/> finds out instead.</returns>
    public static async Task<SaveResult> SaveAsync(IDatabase? database, ITable table, RecordKey key, Patch set, Patch basis, WriteContext by, CancellationToken cancellationToken = default) =>
        await SendAsync(database, table, new Write.Update(key, set, new Guard(basis), by), cancellationToken).ConfigureAwait(false);

    /// <summary>Stores a new record.</summary>
    /// <param name="table">The table.</param>
    /// <param name="values">The values; fields left out take their default.</param>
    /// <param name="by">Who saves.</param>
    /// <param name="cancellationToken">Ends the wait; the outcome is then unknown.</param>
    /// <returns>
    /// What became of it. The write has no id: when the connection is lost, it fails with <see cref="SaveResult.Failed.IsOutcomeUnknown"/>, and
    /// creating again may store the record twice. <see cref="RecordEdit.New"/>, or <see cref="SendAsync"/> of an insert with an id, stores it once.
    /// </returns>
    public static Task<SaveResult> CreateAsync(ITable table, Patch values, WriteContext by, CancellationToken cancellationToken = default) =>
        SendAsync(null, table, new Write.Insert(values, by), cancellationToken);

    /// <summary>Sends any write and says what became of it. A write with an id whose connection breaks is sent again for five seconds; without one it fails with an unknown outcome.</summary>
    /// <param name="database">Where the table lives; its journal tells what became of a write whose connection broke. May be null.</param>
    /// <param name="table">The table.</param>
    /// <param name="write">The write.</param>
    /// <param name="cancellationToken">Ends the wait; the outcome is then unknown.</param>
    public static async Task<SaveResult> SendAsync(IDatabase? database, ITable table, Write write, CancellationToken cancellationToken = default)
    {
        var (answer, fault) = await new PatientSender(TimeProvider.System, s_patience).SendAsync(database, table, write, cancellationToken).ConfigureAwait(false);
        return answer is null ? new SaveResult.Failed(fault!, true) : await SaveAnswers.ResultAsync(table, write, answer, cancellationToken).ConfigureAwait(false);
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
}
