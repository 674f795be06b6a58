using Microsoft.Data.Sqlite;
using Tandem.Changes;

namespace Tandem.Sqlite;

/// <content>Keeping the journal from growing without end.</content>
public sealed partial class SqliteDatabase
{
    /// <summary>How many entries are removed in one turn of the writer: a person's save waits no longer than that.</summary>
    private const int TrimmedPerTurn = 1_000;

    public async Task<long> TrimJournalAsync(JournalRetention retention, CancellationToken cancellationToken = default)
    {
        if (!HasJournal)
        {
            return 0;
        }

        var (oldest, count) = (_options.Clock.GetUtcNow() - retention.Age, 0L);
        while (true)
        {
            var removed = await Writer.RunAsync(
                scope => ValueTask.FromResult((SqliteJournal.Trim(scope.Connection, oldest, retention.Entries, TrimmedPerTurn), true)),
                cancellationToken).ConfigureAwait(false);
            count += removed;
            if (removed < TrimmedPerTurn)
            {
                return count;
            }
        }
    }
}
