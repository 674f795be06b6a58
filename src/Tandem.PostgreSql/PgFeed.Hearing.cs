using Microsoft.Extensions.Logging;

namespace Tandem.PostgreSql;

/// <summary>How other programs' writes are heard, the best first.</summary>
internal enum Hearing
{
    Replication,
    Notify,
    Polling,
}

/// <content>Listening, and beginning again after a break.</content>
internal sealed partial class PgFeed
{
    /// <summary>
    /// Keeps a listener going. While it is broken what is watched is polled; once it stands again, what was written in between
    /// is found by comparing, before the first thing it hears is taken in.
    /// </summary>
    private async Task HearAsync(Hearing hearing, TaskCompletionSource standing, CancellationToken cancellationToken)
    {
        var backoff = TimeSpan.FromMilliseconds(100);
        var isFirst = true;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(
                    hearing,
                    async token =>
                    {
                        if (!isFirst)
                        {
                            await ReconcileAsync(isGap: true, token).ConfigureAwait(false);
                        }

                        (_hearing, _whyBroken, isFirst) = (hearing, null, false);
                        backoff = TimeSpan.FromMilliseconds(100);
                        standing.TrySetResult();
                        Wake();
                    },
                    cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                (_hearing, _whyBroken, isFirst) = (Hearing.Polling, hearing == Hearing.Replication ? "since replication is interrupted" : "since listening is interrupted", false);
                standing.TrySetResult();
                LogHearingBroke(hearing, backoff.TotalSeconds, e);
                Wake();
                await Task.Delay(backoff, _options.Clock, cancellationToken).ConfigureAwait(false);
                backoff = Longer(backoff);
            }
        }
    }

    private Task ListenAsync(Hearing hearing, Func<CancellationToken, Task> started, CancellationToken cancellationToken) => hearing == Hearing.Replication
        ? new PgReplication(_database, Wake, _elsewhere.WriteAsync).RunAsync(started, cancellationToken)
        : new PgNotify(_database, Wake, _elsewhere.WriteAsync, _options.Clock).RunAsync(started, cancellationToken);

    [LoggerMessage(2, LogLevel.Warning, "{Hearing} broke; polling meanwhile, and listening again in {Seconds} s.")]
    private partial void LogHearingBroke(Hearing hearing, double seconds, Exception cause);

    [LoggerMessage(3, LogLevel.Information, "Reconciled after a gap: {Tables} tables, {Records} records compared, {Found} differences found; {Resets} tables could not be compared and are read again.")]
    private partial void LogReconciled(int tables, int records, int found, int resets);

    [LoggerMessage(5, LogLevel.Information, "Entries of the journal were trimmed before they were read here; every table is read again.")]
    private partial void LogLost();
}
