using Tandem.Changes;
using Tandem.Tables;

namespace Tandem.Relational.Journal;

/// <summary>Keeps a journal to what was asked: trims it at start and then every hour.</summary>
internal static class Trimming
{
    private static readonly TimeSpan s_between = TimeSpan.FromHours(1);

    /// <param name="database">Whose journal.</param>
    /// <param name="retention">How much is kept.</param>
    /// <param name="clock">Tells the hours.</param>
    /// <param name="failed">Hears of a trim that failed; the next one makes up for it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RunAsync(IDatabase database, JournalRetention retention, TimeProvider clock, Action<Exception> failed, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(s_between, clock);
        do
        {
            try
            {
                await database.TrimJournalAsync(retention, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                failed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
    }
}
