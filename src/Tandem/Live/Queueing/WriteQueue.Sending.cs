using Tandem.Editing;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Live.Queueing;

/// <content>How what waits is sent and settled.</content>
internal sealed partial class WriteQueue
{
    private async Task SendAsync()
    {
        var backoff = s_shortestBackoff;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _work.WaitAsync(_stop.Token).ConfigureAwait(false);
                if (_options.Linger > TimeSpan.Zero)
                {
                    await Task.Delay(_options.Linger, _clock, _stop.Token).ConfigureAwait(false);
                }

                while (Next() is { Count: > 0 } batch)
                {
                    await SendAsync(batch).ConfigureAwait(false);
                    backoff = s_shortestBackoff;
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The source is away, or what became of the batch is not known: its ids make sending it again safe.
                _faulted(e);
                _work.Release();
                await Task.Delay(backoff, _clock, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                backoff = backoff * 2 < s_longestBackoff ? backoff * 2 : s_longestBackoff;
            }
        }
    }

    /// <summary>The next writes to send together: no record twice, since a batch has one outcome per record, and none that was queued twice under one id.</summary>
    private List<Waiting> Next()
    {
        lock (_lock)
        {
            List<Waiting> batch = [];
            HashSet<RecordKey> keys = [];
            HashSet<Guid> ids = [];
            foreach (var waiting in _waiting)
            {
                if (batch.Count == _options.BatchSize || (waiting.Key is not null && !keys.Add(waiting.Key)) || !ids.Add(waiting.Write.Id!.Value))
                {
                    break;
                }

                batch.Add(waiting);
            }

            return batch;
        }
    }

    private async Task SendAsync(List<Waiting> batch)
    {
        if (batch.Count > 1)
        {
            try
            {
                var all = await _source.WriteAllAsync([.. batch.Select(w => w.Write)], _stop.Token).ConfigureAwait(false);
                if (all.IsCommitted)
                {
                    await SettleAsync(batch, all.Results).ConfigureAwait(false);
                    return;
                }
            }
            catch (Exception e) when (!IsWorthAnotherTry(e))
            {
                // One of them is at fault; which one is found by sending each alone.
                _faulted(e);
            }
        }

        // Alone, or one of the batch was refused: each has its own outcome.
        foreach (var waiting in batch)
        {
            WriteResult result;
            try
            {
                result = await _source.WriteAsync(waiting.Write, _stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (!IsWorthAnotherTry(e))
            {
                // However often it is sent, it ends like this, and everything behind it would wait for ever.
                await SettleAsync([waiting], [], e).ConfigureAwait(false);
                continue;
            }

            await SettleAsync([waiting], [result]).ConfigureAwait(false);
        }
    }

    private bool IsWorthAnotherTry(Exception e) => _stop.IsCancellationRequested || PatientSender.LeavesOpen(e);

    private async Task SettleAsync(List<Waiting> batch, IReadOnlyList<WriteResult> results, Exception? fault = null)
    {
        await ForgetAsync(batch.Select(w => w.Write.Id!.Value)).ConfigureAwait(false);
        List<(RecordKey Key, Guid Write)> stored = [];
        for (var i = 0; i < batch.Count; i++)
        {
            var (write, key, hasRoom, outcome) = batch[i];
            if (fault is null && results[i] is WriteResult.Written written)
            {
                _takenIn(written);
            }

            if (key is not null)
            {
                if (fault is null && results[i] is WriteResult.Written { Change: not null } done && done.Stored.Key.Equals(key))
                {
                    // Lifted by the change itself; before that, who follows the changes would see the record as it was.
                    stored.Add((key, write.Id!.Value));
                }
                else
                {
                    _overlay.Remove(key, write.Id!.Value);
                    _shown(key);
                }
            }

            lock (_lock)
            {
                _waiting.Remove(batch[i]);
            }

            if (hasRoom)
            {
                _room.Release();
            }

            if (fault is null)
            {
                outcome.TrySetResult(results[i]);
            }
            else
            {
                outcome.TrySetException(fault);
            }
        }

        if (stored.Count > 0)
        {
            _ = Task.Run(() => LiftAsync(stored), CancellationToken.None);
        }
    }

    /// <summary>Takes stored writes off their records once the changes have certainly passed, whether or not one told of them.</summary>
    private async Task LiftAsync(List<(RecordKey Key, Guid Write)> stored)
    {
        try
        {
            await _passed(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // Until the changes are followed again the record may be seen as it was; a write lying there for ever would be worse.
            if (!_stop.IsCancellationRequested)
            {
                _faulted(e);
            }
        }

        foreach (var (key, write) in stored.Where(w => _overlay.Remove(w.Key, w.Write)))
        {
            _shown(key);
        }
    }

    private async Task ForgetAsync(IEnumerable<Guid> ids)
    {
        if (_file is null)
        {
            return;
        }

        Guid[] done = [.. ids];
        await _disk.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            // Lost in a power cut, this only means that the writes are sent again, and done once.
            await _file.AppendAsync(WriteCodec.Done(done), toDisk: false, _stop.Token).ConfigureAwait(false);
            if (_file.Length > _rewriteAt)
            {
                List<byte[]> left;
                lock (_lock)
                {
                    left = [.. _waiting.Where(w => !done.Contains(w.Write.Id!.Value)).Select(w => WriteCodec.Added(w.Write))];
                }

                await _file.ReplaceAsync(left, _stop.Token).ConfigureAwait(false);
                _rewriteAt = Math.Max(RewriteAt, _file.Length * 2);
            }
        }
        finally
        {
            _disk.Release();
        }
    }
}
