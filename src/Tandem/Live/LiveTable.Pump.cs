using Tandem.Changes;
using Tandem.Live.Caching;
using Tandem.Records;

namespace Tandem.Live;

/// <content>How the records follow the source.</content>
/// <remarks>
/// The pump goes in steps. A step takes one batch of changes; where a change alone does not tell the record, or a gap made
/// reading necessary, the step reads, then takes in everything the read may have seen (up to the stream's position after
/// it), and ends there. So a step always ends as of its cursor, and nobody sees a record between.
/// </remarks>
public sealed partial class LiveTable
{
    private static readonly TimeSpan s_shortestBackoff = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_longestBackoff = TimeSpan.FromSeconds(10);
    private readonly Lock _publishLock = new();
    private volatile IChangeStream? _stream;
    private Cursor? _published;

    /// <summary>What is under way; where it broke off, records were moved that nobody was told of, so the next telling does.</summary>
    private Step? _unfinished;

    private async Task PumpAsync(IChangeStream stream)
    {
        var backoff = s_shortestBackoff;
        var isBehind = false;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (isBehind)
                {
                    await CatchUpAsync(stream).ConfigureAwait(false);
                    isBehind = false;
                }
                else if (_toReconcile)
                {
                    await ReconcileAsync(stream, isGap: false).ConfigureAwait(false);
                    _toReconcile = false;
                }

                if (await stream.NextAsync(cancellationToken: _stop.Token).ConfigureAwait(false) is { } batch)
                {
                    await StepAsync(stream, batch).ConfigureAwait(false);
                }

                backoff = s_shortestBackoff;
            }
            catch (Exception e) when (!_stop.IsCancellationRequested)
            {
                // Whatever broke, reads report it to those who ask; here it is said and tried again.
                Fault(e);
                isBehind = true;
                await stream.DisposeAsync().ConfigureAwait(false);
                await Task.Delay(backoff, _options.Clock, _stop.Token).ConfigureAwait(false);
                backoff = backoff * 2 < s_longestBackoff ? backoff * 2 : s_longestBackoff;
                _stream = stream = _source.Follow();
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }

        await stream.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Waits until the records have reached everything committed before this call.</summary>
    private async Task PassAsync(CancellationToken cancellationToken)
    {
        var stream = _stream ?? throw new ObjectDisposedException(nameof(LiveTable));
        await stream.PassedAsync(await stream.SyncAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    private async Task StepAsync(IChangeStream stream, IReadOnlyList<Change> batch)
    {
        var step = _unfinished = Begin();
        HashSet<RecordKey> unknown = [];
        Dictionary<RecordKey, Record?> read = [];
        Take(batch, step, unknown, read);
        if (batch.Any(c => c.Kind == ChangeKind.Reset))
        {
            await ReconcileAsync(stream, isGap: true, step).ConfigureAwait(false);
            return;
        }

        await CompleteAsync(stream, step, unknown, read).ConfigureAwait(false);
        step.Cursor = stream.Cursor;
        Publish(step);
    }

    /// <summary>Applies changes: to what was read ahead in this step, else to what is held.</summary>
    private void Take(IReadOnlyList<Change> batch, Step step, HashSet<RecordKey> unknown, Dictionary<RecordKey, Record?> read)
    {
        foreach (var change in batch)
        {
            step.Changes.Add(change);
            if (change.Kind == ChangeKind.Reset)
            {
                continue;
            }

            // Who asks from now on starts a read of its own instead of joining one that may be older than this change.
            _reading.TryRemove(change.Key, out _);
            if (read.TryGetValue(change.Key, out var ahead))
            {
                step.Late.Add(change);
                TakeAhead(ahead, change, step, unknown, read);
                continue;
            }

            var moved = _holding.Apply(change);
            if (!moved.IsKnown && _overlay.StoredAt(change) is { } stored)
            {
                // The writer's own answer is exactly the record as of this change.
                moved = new Moved(moved.IsAhead ? null : moved.Before, stored, true);
                _holding.Put(change.Key, stored);
            }

            if (moved.IsKnown && (moved.After is null || step.Tells(moved.After)))
            {
                _overlay.Reach(change);
                step.Add(change, moved.Before is { } before && step.Tells(before) ? before : null, moved.After);
                continue;
            }

            step.Late.Add(change);
            if (moved.IsAhead)
            {
                TakeAhead(moved.Before, change, step, unknown, read);
            }
            else if (_full is not null || step.Concerns(change.Key) || _routes.Concerns(change))
            {
                unknown.Add(change.Key);
                step.Add(change, moved.Before is { } known && step.Tells(known) ? known : null, null);
            }
        }
    }

    /// <summary>Moves a record along that may be ahead of its change; it is not shown before the step ends.</summary>
    private void TakeAhead(Record? ahead, Change change, Step step, HashSet<RecordKey> unknown, Dictionary<RecordKey, Record?> read)
    {
        var after = _holding.After(ahead, change);
        read[change.Key] = after;
        if (after is null ? change.Kind == ChangeKind.Delete : step.Tells(after))
        {
            step.Add(change, null, after);
        }
        else if (after is null || _routes.Concerns(change))
        {
            unknown.Add(change.Key);
            step.Add(change, null, null);
        }
    }

    /// <summary>Reads what the changes alone did not tell, and goes on to where the reading is certainly passed.</summary>
    private async Task CompleteAsync(IChangeStream stream, Step step, HashSet<RecordKey> unknown, Dictionary<RecordKey, Record?> read)
    {
        for (var ahead = 0; unknown.Count == 0 && read.Count > ahead;)
        {
            // Going on may meet more records that are ahead, read later than what is being reached.
            ahead = read.Count;
            await ReachAsync(stream, step, unknown, read).ConfigureAwait(false);
        }

        while (unknown.Count > 0)
        {
            var demand = _bounded?.Demand(unknown, step.Needed);
            foreach (var keys in unknown.Chunk(500))
            {
                var found = (await _source.GetManyAsync(keys, demand, _stop.Token).ConfigureAwait(false)).ToDictionary(r => r.Key);
                foreach (var key in keys)
                {
                    read[key] = found.GetValueOrDefault(key);
                }
            }

            unknown.Clear();
            await ReachAsync(stream, step, unknown, read).ConfigureAwait(false);
        }

        foreach (var (key, record) in read)
        {
            _holding.Put(key, record);
            if (record is null || step.Tells(record))
            {
                step.Add(key, null, false, record, false);
            }
        }

        step.Late.ForEach(_overlay.Reach);
        step.Late.Clear();
    }

    /// <summary>Takes in everything committed by now.</summary>
    private async Task ReachAsync(IChangeStream stream, Step step, HashSet<RecordKey> unknown, Dictionary<RecordKey, Record?> read)
    {
        var young = _bounded?.Young();
        var target = await stream.SyncAsync(_stop.Token).ConfigureAwait(false);
        while (await stream.NextAsync(target, _stop.Token).ConfigureAwait(false) is { } batch)
        {
            Take(batch, step, unknown, read);
        }

        _bounded?.Settle(young!);
    }

    private Step Begin()
    {
        var (number, needed) = _routes.Begin();
        return new Step(Schema, number, needed);
    }

    private void Publish(Step step)
    {
        _unfinished = null;
        Keep(step);
        lock (_publishLock)
        {
            _routes.Post(step);
            _published = step.Cursor;
        }

        if (step.Changes.Count > 0)
        {
            _buffer.Append(step.Cursor, step.Changes);
        }
    }

    private Change Reset(Cursor at) =>
        new(at, 0, _options.Clock.GetUtcNow(), Actors.Elsewhere, null, Schema.Name, new RecordKey(), ChangeKind.Reset, Patch.Empty, Patch.Empty);
}
