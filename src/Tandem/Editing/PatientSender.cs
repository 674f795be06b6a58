using System.Data.Common;
using System.Net.Sockets;
using Tandem.Tables;

namespace Tandem.Editing;

/// <summary>
/// Sends writes over a connection that may break. A write with an id that was sent without an answer is sent again, which does it
/// at most once and tells what became of it; when the source stays away, the journal is asked a last time. What is still unknown
/// then is said to be unknown, never guessed.
/// </summary>
internal sealed class PatientSender(TimeProvider clock, TimeSpan patience)
{
    private static readonly TimeSpan s_shortestPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether a fault leaves open whether the write happened.</summary>
    public static bool LeavesOpen(Exception fault) =>
        fault is DatabaseUnavailableException or IOException or TimeoutException or SocketException or DbException { IsTransient: true };

    /// <summary>Sends until there is an answer or patience ends.</summary>
    /// <param name="send">Sends; the same thing each time.</param>
    /// <param name="isRemembered">Whether sending twice does it once. Otherwise it is sent once.</param>
    /// <param name="find">Looks into the journal when sending keeps failing; null when there is none to look into.</param>
    /// <param name="cancellationToken">Ends the wait; the outcome is then unknown.</param>
    /// <returns>The answer, or the fault that left it open.</returns>
    public async Task<(T? Answer, Exception? Fault)> SendAsync<T>(
        Func<CancellationToken, Task<T>> send, bool isRemembered, Func<CancellationToken, Task<T?>>? find, CancellationToken cancellationToken)
        where T : class
    {
        var start = clock.GetTimestamp();
        for (var pause = s_shortestPause; ; pause *= 2)
        {
            try
            {
                return (await send(cancellationToken).ConfigureAwait(false), null);
            }
            catch (Exception e) when (LeavesOpen(e) && !cancellationToken.IsCancellationRequested)
            {
                if (!isRemembered)
                {
                    return (null, e);
                }

                if (clock.GetElapsedTime(start) + pause > patience)
                {
                    return find is not null && await LookAsync(find, cancellationToken).ConfigureAwait(false) is { } found ? (found, null) : (null, e);
                }
            }

            await Task.Delay(pause, clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends one write.</summary>
    public Task<(WriteResult? Answer, Exception? Fault)> SendAsync(IDatabase? database, ITable table, Write write, CancellationToken cancellationToken) => SendAsync(
        token => table.WriteAsync(write, token),
        write.Id is not null,
        database is not null && write.Id is { } id ? token => FindAsync(database, table, id, token) : null,
        cancellationToken);

    private static async Task<WriteResult?> FindAsync(IDatabase database, ITable table, Guid id, CancellationToken cancellationToken)
    {
        if (await database.FindWriteAsync(id, cancellationToken).ConfigureAwait(false) is not { } change)
        {
            return null;
        }

        // A table in front of another may not have reached the write yet; what lies behind it has.
        var source = table;
        while (source is ITakesWrites front)
        {
            source = front.Source;
        }

        if (await source.GetAsync(change.Key, cancellationToken).ConfigureAwait(false) is not { } stored)
        {
            return new WriteResult.Missing();
        }

        var written = new WriteResult.Written(stored, change) { IsRepeated = true };
        (table as ITakesWrites)?.TakeIn(written);
        return written;
    }

    private static async Task<T?> LookAsync<T>(Func<CancellationToken, Task<T?>> find, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await find(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (LeavesOpen(e) && !cancellationToken.IsCancellationRequested)
        {
            // The journal is as far away as the table: the outcome stays unknown, and the caller says so.
            return null;
        }
    }
}
