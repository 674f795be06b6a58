using Tandem.Changes;
using Tandem.Live.Caching;
using Tandem.Records;

namespace Tandem.Live;

/// <content>How the records come in, and how a gap is made good.</content>
public sealed partial class LiveTable
{
    private bool _toReconcile;

    /// <summary>Takes the place in the source's changes and fills the table: from the store where one kept records, else from the source.</summary>
    private async Task<IChangeStream> StartAsync(CancellationToken cancellationToken)
    {
        if (_full is null)
        {
            return _stream = _source.Follow();
        }

        if (_options.Store is { } store && await store.LoadAsync(Schema, cancellationToken).ConfigureAwait(false) is { } kept)
        {
            _full.Load(kept.Records);
            var resumed = _source.Follow(kept.Cursor);
            _stream = resumed;
            try
            {
                await SettleAsync(resumed, Begin(), cancellationToken).ConfigureAwait(false);
                _toReconcile = _options.ReconcileOnStart;
                return resumed;
            }
            catch (CursorExpiredException)
            {
                // The journal was trimmed since: what is kept is too old to be caught up, so it is read anew.
                await resumed.DisposeAsync().ConfigureAwait(false);
                _full.Clear();
            }
        }

        // The stream's place is taken before anything is read, so that no change falls between.
        var stream = _stream = _source.Follow();
        await _full.LoadAsync(_source.ScanAsync(null, cancellationToken)).ConfigureAwait(false);
        var step = Begin();
        await SettleAsync(stream, step, cancellationToken).ConfigureAwait(false);
        await KeepAllAsync(stream.Cursor, cancellationToken).ConfigureAwait(false);
        return stream;
    }

    /// <summary>Brings what was loaded to one place in the changes, before anybody looks.</summary>
    private async Task SettleAsync(IChangeStream stream, Step step, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        HashSet<RecordKey> unknown = [];
        Dictionary<RecordKey, Record?> read = [];
        await ReachAsync(stream, step, unknown, read).WaitAsync(stop.Token).ConfigureAwait(false);
        await CompleteAsync(stream, step, unknown, read).WaitAsync(stop.Token).ConfigureAwait(false);
        step.Cursor = stream.Cursor;
        Keep(step);
        if (step.Changes.Exists(c => c.Kind == ChangeKind.Reset))
        {
            _toReconcile = true;
        }
    }

    /// <summary>After the stream broke nobody knows what was missed: the records held are compared with the source.</summary>
    private async Task CatchUpAsync(IChangeStream stream)
    {
        var step = Begin();
        step.Changes.Add(Reset(stream.Cursor));
        await ReconcileAsync(stream, isGap: true, step).ConfigureAwait(false);
    }

    /// <summary>Compares every record held with the source, takes over what differs, and tells it as one step.</summary>
    /// <param name="stream">The changes, as of a place before the reading.</param>
    /// <param name="isGap">Whether changes may have been missed.</param>
    /// <param name="step">What is told besides, or null.</param>
    private async Task ReconcileAsync(IChangeStream stream, bool isGap, Step? step = null)
    {
        step ??= Begin();
        if (_unfinished is { } broken && broken != step)
        {
            step.Carry(broken);
        }

        _unfinished = step;
        Dictionary<RecordKey, Record?> read = [];
        HashSet<RecordKey> unknown = [];
        long compared = 0;
        // Before the reading, so that it saw all of it.
        var laid = isGap ? _overlay.Layers : [];
        if (_full is null)
        {
            _holding.Clear();
            step.IsReset = true;
            await ReachAsync(stream, step, unknown, read).ConfigureAwait(false);
        }
        else
        {
            HashSet<RecordKey> seen = [];
            await foreach (var batch in _source.ScanAsync(null, _stop.Token).ConfigureAwait(false))
            {
                compared += batch.Count;
                foreach (var record in batch)
                {
                    seen.Add(record.Key);
                    if (!_full.TryPeek(record.Key, out var held) || !held.DifferencesTo(record).IsEmpty)
                    {
                        read[record.Key] = record;
                    }
                }
            }

            foreach (var held in _full.Records.Where(r => !seen.Contains(r.Key)).ToList())
            {
                read[held.Key] = null;
            }

            foreach (var (key, record) in read)
            {
                _ = _full.TryPeek(key, out var before);
                step.Add(key, before, true, record, true);
            }

            await ReachAsync(stream, step, unknown, read).ConfigureAwait(false);
        }

        await CompleteAsync(stream, step, unknown, read).ConfigureAwait(false);
        _overlay.Reach(laid);
        foreach (var key in _full is null ? [] : step.Net.Select(n => n.Key).ToList())
        {
            // A step that broke off knew of some only that they changed.
            step.Add(key, null, false, Confirmed(key), true);
        }

        step.Cursor = stream.Cursor;
        Publish(step);
        Reconciled?.Invoke(new Reconciliation(Schema.Name, compared, read.Count, isGap));
    }
}
