using Tandem.Changes;

namespace Tandem.PostgreSql;

/// <content>Keeping the journal from growing without end.</content>
public sealed partial class PgDatabase
{
    public async Task<long> TrimJournalAsync(JournalRetention retention, CancellationToken cancellationToken = default)
    {
        if (!HasJournal)
        {
            return 0;
        }

        var (oldest, count) = (_options.Clock.GetUtcNow() - retention.Age, 0L);
        while (true)
        {
            var removed = await PgFeed.Journal.TrimAsync(oldest, retention.Entries, cancellationToken).ConfigureAwait(false);
            count += removed;
            if (removed < PgJournal.TrimmedAtOnce)
            {
                return count;
            }
        }
    }
}
