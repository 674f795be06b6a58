using Npgsql;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.PostgreSql;

/// <content>Writes of one record stand in line.</content>
/// <remarks>
/// Writes of one record wait for one another at its row, however they come, each with a connection of its own and each behind
/// the commit of the one before. Those that this process sends while another of the same record is under way go together when it is
/// done: one round trip, one transaction, each still guarded and answered by itself. Should the database refuse any of them, all of that
/// is taken back and each is sent alone, so that nobody answers for another. Writes of other records never wait here, and
/// neither do those under a lease, whose rows would be locked longer.
/// </remarks>
internal sealed partial class PgTable
{
    private const int MostTogether = 32;
    private readonly Lock _lineLock = new();
    private readonly Dictionary<RecordKey, List<Waiting>> _lines = [];

    /// <summary>A write that waits for the one under way.</summary>
    private sealed record Waiting(Write Write, TaskCompletionSource<WriteResult> Answer);

    private static RecordKey? KeyOf(Write write) => write switch
    {
        { Fence: not null } => null,
        Write.Update update => update.Key,
        Write.Delete delete => delete.Key,
        _ => null,
    };

    private async Task<WriteResult> InLineAsync(RecordKey key, Write write, CancellationToken cancellationToken)
    {
        Waiting? mine = null;
        lock (_lineLock)
        {
            if (_lines.TryGetValue(key, out var line))
            {
                line.Add(mine = new Waiting(write, new TaskCompletionSource<WriteResult>(TaskCreationOptions.RunContinuationsAsynchronously)));
            }
            else
            {
                _lines.Add(key, []);
            }
        }

        if (mine is null)
        {
            try
            {
                return await AloneAsync(write, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                SendNext(key);
            }
        }

        try
        {
            return await mine.Answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Who gives up before being sent is not sent.
            lock (_lineLock)
            {
                _ = _lines.TryGetValue(key, out var line) && line.Remove(mine);
            }
        }
    }

    /// <summary>Sends those who wait, or ends the line.</summary>
    private void SendNext(RecordKey key)
    {
        List<Waiting> next;
        lock (_lineLock)
        {
            var line = _lines[key];
            if (line.Count == 0)
            {
                _lines.Remove(key);
                return;
            }

            next = [.. line.Take(MostTogether)];
            line.RemoveRange(0, next.Count);
        }

        _ = Task.Run(() => SendAsync(key, next), CancellationToken.None);
    }

    private async Task SendAsync(RecordKey key, List<Waiting> together)
    {
        try
        {
            if (together.Count > 1 && await TogetherAsync(together).ConfigureAwait(false) is { } results)
            {
                for (var i = 0; i < results.Length; i++)
                {
                    var (write, result) = (together[i].Write, results[i]);
                    await AnswerAsync(together[i], async () => IsNews(result) ? result : await DoneAsync(write, CancellationToken.None).ConfigureAwait(false) ?? result).ConfigureAwait(false);
                }

                return;
            }

            foreach (var waiting in together)
            {
                await AnswerAsync(waiting, () => AloneAsync(waiting.Write, CancellationToken.None)).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            // The connection broke under all of them: nobody knows what became of any.
            together.ForEach(w => w.Answer.TrySetException(e));
        }
        finally
        {
            SendNext(key);
        }
    }

    private static async Task AnswerAsync(Waiting waiting, Func<Task<WriteResult>> answer)
    {
        try
        {
            waiting.Answer.SetResult(await answer().ConfigureAwait(false));
        }
        catch (Exception e)
        {
            // It is told to the one who wrote; the others have answers of their own.
            waiting.Answer.SetException(e);
        }
    }

    private static bool IsNews(WriteResult result) => result is WriteResult.Written { Change: not null };

    /// <returns>What became of each; null when the database refused one of them, and so did none.</returns>
    private async Task<WriteResult[]?> TogetherAsync(List<Waiting> together)
    {
        var results = new WriteResult[together.Count];
        try
        {
            var connection = await database.Source.OpenConnectionAsync(CancellationToken.None).ConfigureAwait(false);
            await using var closing = connection.ConfigureAwait(false);
            // Statements sent as one are one transaction.
            var batch = new NpgsqlBatch(connection);
            await using var disposing = batch.ConfigureAwait(false);
            foreach (var (write, _) in together)
            {
                var sql = Statement(write);
                var command = new NpgsqlBatchCommand(sql.ToString());
                foreach (var parameter in sql.Parameters)
                {
                    command.Parameters.Add((NpgsqlParameter)parameter!);
                }

                batch.BatchCommands.Add(command);
            }

            var reader = await batch.ExecuteReaderAsync(CancellationToken.None).ConfigureAwait(false);
            await using var ending = reader.ConfigureAwait(false);
            for (var i = 0; i < together.Count; i++)
            {
                List<(string Mark, WriteResult? Result, Record Record)> rows = [];
                while (await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false))
                {
                    rows.Add(Answer(together[i].Write, reader));
                }

                results[i] = Result(together[i].Write, rows);
                await reader.NextResultAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (PostgresException e) when (!PgErrors.IsUnavailable(e))
        {
            return null;
        }
        catch (NpgsqlException e) when (PgErrors.IsUnavailable(e))
        {
            throw PgErrors.Unavailable(e);
        }

        if (results.Any(IsNews))
        {
            database.PgFeed.WroteHere();
        }

        return results;
    }
}
