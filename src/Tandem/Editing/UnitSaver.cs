using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Editing;

/// <summary>
/// Saves writes of several tables as one unit, for callers that keep no edits: forms in the browser, programs over REST. What stands in the
/// way is told as for an edit, conflicts with who stored theirs. Safe from any thread.
/// </summary>
public static class UnitSaver
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    /// <summary>Saves all or nothing. A deletion of a record that is gone already is no obstacle. While the connection breaks it is sent again for five seconds, which does it once.</summary>
    /// <param name="database">Where the tables live.</param>
    /// <param name="writes">At most <see cref="UnitOfWork.Limit"/>; updates guarded by the values the person started from.</param>
    /// <param name="cancellationToken">Ends the wait; the outcome is then unknown.</param>
    /// <exception cref="ArgumentException">A write names a table that is not there, or new records refer to each other in a circle.</exception>
    public static async Task<UnitOfWorkResult> SaveAsync(IDatabase database, IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken = default)
    {
        TableWrite[] all = [.. writes.Select(w => w with { Write = w.Write with { Id = w.Write.Id ?? Guid.CreateVersion7() } })];
        var results = new SaveResult?[all.Length];
        List<int> sent = [.. Enumerable.Range(0, all.Length)];
        while (sent.Count > 0)
        {
            TableWrite[] now = [.. sent.Select(i => all[i])];
            var (answer, fault) = await new PatientSender(TimeProvider.System, s_patience)
                .SendAsync(token => database.WriteAllAsync(now, token), true, null, cancellationToken).ConfigureAwait(false);
            if (answer is null)
            {
                sent.ForEach(i => results[i] = new SaveResult.Failed(fault!, true));
                return Result(database, all, results, false);
            }

            var open = sent.Zip(answer.Results).ToList();
            if (!answer.IsCommitted && open.Where(o => o.Second is not WriteResult.Written).All(o => IsSettled(all[o.First].Write, o.Second)))
            {
                foreach (var (i, _) in open.Where(o => o.Second is WriteResult.Missing))
                {
                    results[i] = new SaveResult.Gone();
                    sent.Remove(i);
                }

                continue;
            }

            await TellAsync(database, all, open.Where(o => answer.IsCommitted || o.Second is not WriteResult.Written), results, cancellationToken).ConfigureAwait(false);
            return Result(database, all, results, answer.IsCommitted);
        }

        return Result(database, all, results, true);
    }

    /// <summary>Says what would become of each write, and stores nothing (<see cref="IDatabase.TryAllAsync"/>).</summary>
    /// <param name="database">Where the tables live.</param>
    /// <param name="writes">As for <see cref="SaveAsync"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">As for <see cref="SaveAsync"/>.</exception>
    public static async Task<UnitOfWorkResult> TryAsync(IDatabase database, IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken = default)
    {
        var results = new SaveResult?[writes.Count];
        if (writes.Count > 0)
        {
            var answer = await database.TryAllAsync(writes, cancellationToken).ConfigureAwait(false);
            await TellAsync(database, writes, answer.Results.Select((r, i) => (i, r)), results, cancellationToken).ConfigureAwait(false);
        }

        return Result(database, writes, results, false);
    }

    private static bool IsSettled(Write write, WriteResult result) => write is Write.Delete && result is WriteResult.Missing;

    private static async Task TellAsync(
        IDatabase database, IReadOnlyList<TableWrite> writes, IEnumerable<(int At, WriteResult Answer)> answers, SaveResult?[] results, CancellationToken cancellationToken)
    {
        foreach (var (i, answer) in answers)
        {
            results[i] = await SaveAnswers.ResultAsync(database.Find(writes[i].Table)!, writes[i].Write, answer, cancellationToken).ConfigureAwait(false);
        }
    }

    private static UnitOfWorkResult Result(IDatabase database, IReadOnlyList<TableWrite> writes, SaveResult?[] results, bool isSaved) =>
        new(isSaved, [.. writes.Select((w, i) => new UnitOfWorkEntry(w.Table, KeyOf(database, w, results[i]), results[i]))]);

    private static RecordKey KeyOf(IDatabase database, TableWrite write, SaveResult? result) => (write.Write, result) switch
    {
        (_, SaveResult.Created created) => created.Key,
        (Write.Update update, _) => update.Key,
        (Write.Delete delete, _) => delete.Key,
        (Write.Insert { Temporary: { } temporary }, _) => new RecordKey(temporary),
        (Write.Insert insert, _) => new RecordKey([.. database.Find(write.Table)!.Schema.Key.Select(k => insert.Values.GetValueOrDefault(k))]),
        _ => throw new ArgumentException($"Unknown write {write.Write.GetType().Name}.", nameof(write)),
    };
}
